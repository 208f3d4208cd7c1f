package dev.starling.textfeatures;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.features.TextFeaturesContract.Embedded;
import dev.starling.contract.features.TextFeaturesContract.TextFeatures;
import dev.starling.contract.features.TextFeaturesContract.TextRefused;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers texts with their vectors: from memory, together with whoever asks for the same, or from
 * the model, which gets so many texts at once and no more. Confined to one context.
 */
final class TextVectors {
  private final BiFunction<String, CallContext, Future<TextFeatures>> model;
  private final TextFeaturesConfig config;
  private final VectorCache cache;
  private final TextMeters meters;
  private final LongSupplier nanoTime;
  private final Map<String, Flight> flights = new HashMap<>();
  private final Queue<Flight> waiting = new ArrayDeque<>();
  private int running;
  private boolean starting;

  /**
   * @param model makes a vector of a text by a deadline
   */
  TextVectors(
      BiFunction<String, CallContext, Future<TextFeatures>> model,
      TextFeaturesConfig config,
      VectorCache cache,
      TextMeters meters,
      LongSupplier nanoTime) {
    this.model = model;
    this.config = config;
    this.cache = cache;
    this.meters = meters;
    this.nanoTime = nanoTime;
  }

  /** Fails with a {@link BusException}, as the contract says. */
  Future<TextFeatures> embed(String text, CallContext call) {
    String refusal = refusal(text);
    if (refusal != null) {
      meters.count(TextMeters.Outcome.REFUSED);
      return Future.succeededFuture(new TextRefused(refusal));
    }
    Embedded known = cache.get(text);
    if (known != null) {
      meters.count(TextMeters.Outcome.REMEMBERED);
      return Future.succeededFuture(known);
    }
    Flight flight = flights.get(text);
    if (flight != null) {
      meters.count(TextMeters.Outcome.JOINED);
      flight.joined(call);
      return flight.answer();
    }
    return begin(text, call);
  }

  /** Nobody asks any more; what waits is not done. */
  void close() {
    meters.waiting(-waiting.size());
    for (Flight flight : waiting) {
      flights.remove(flight.text());
      flight.done().fail(new BusException(ErrorCode.UNAVAILABLE, "text-features stops"));
    }
    waiting.clear();
    cache.clear();
  }

  private @Nullable String refusal(String text) {
    if (text.isBlank()) {
      return "text: nothing but blanks (expected: something else)";
    }
    int most = config.maxTextBytes();
    // Each character takes one byte at least, so that huge texts are not looked at.
    if (text.length() > most || utf8Bytes(text) > most) {
      return "text: too long (expected: <= " + most + " bytes)";
    }
    return null;
  }

  private static int utf8Bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private Future<TextFeatures> begin(String text, CallContext call) {
    Flight flight = new Flight(text, call);
    if (running < config.maxRunning()) {
      flights.put(text, flight);
      start(flight);
    } else if (waiting.size() < config.maxWaiting()) {
      flights.put(text, flight);
      waiting.add(flight);
      meters.waiting(1);
    } else {
      meters.count(TextMeters.Outcome.OVERLOADED);
      return Future.failedFuture(
          new BusException(
              ErrorCode.OVERLOADED,
              "text-features: " + config.maxWaiting() + " texts wait already (expected: fewer)"));
    }
    return flight.answer();
  }

  private void start(Flight flight) {
    long now = nanoTime.getAsLong();
    if (flight.call().isExpired(now)) {
      flights.remove(flight.text());
      meters.count(TextMeters.Outcome.EXPIRED);
      flight.done().fail(new BusException(ErrorCode.EXPIRED, "expired while it waited"));
      return;
    }
    running++;
    Duration timeout = config.modelTimeout();
    // Its own time, not the first one's: others may join who can wait longer.
    model
        .apply(flight.text(), flight.call().withDeadline(now + timeout.toNanos()))
        .onComplete((features, failure) -> landed(flight, features, failure, now));
  }

  private void landed(
      Flight flight, @Nullable TextFeatures features, @Nullable Throwable failure, long begun) {
    running--;
    flights.remove(flight.text());
    meters.asked(nanoTime.getAsLong() - begun);
    if (features instanceof Embedded embedded) {
      meters.count(TextMeters.Outcome.EMBEDDED);
      cache.put(flight.text(), embedded);
      flight.done().complete(embedded);
    } else if (features != null) {
      meters.count(TextMeters.Outcome.REFUSED);
      flight.done().complete(features);
    } else {
      meters.count(TextMeters.Outcome.FAILED);
      flight.done().fail(failure);
    }
    startWaiting();
  }

  /** An answer may come while the model is being asked: that must not nest. */
  private void startWaiting() {
    if (starting) {
      return;
    }
    starting = true;
    while (running < config.maxRunning() && !waiting.isEmpty()) {
      Flight next = waiting.remove();
      meters.waiting(-1);
      start(next);
    }
    starting = false;
  }
}
