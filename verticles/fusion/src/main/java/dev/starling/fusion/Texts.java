package dev.starling.fusion;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.contract.features.TextFeaturesContract;
import dev.starling.contract.features.TextFeaturesContract.EmbedText;
import dev.starling.contract.features.TextFeaturesContract.EmbedTexts;
import dev.starling.contract.features.TextFeaturesContract.Embedded;
import dev.starling.contract.features.TextFeaturesContract.TextFeatures;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks for the vectors of texts, within a short time. Confined to an instance's context. */
final class Texts {
  private static final Logger log = LoggerFactory.getLogger(Texts.class);

  private final Bus bus;
  private final Duration timeout;
  private final FusionMeters meters;

  Texts(Bus bus, Duration timeout, FusionMeters meters) {
    this.bus = bus;
    this.timeout = timeout;
    this.meters = meters;
  }

  /** The vectors of these texts, as far as there are any in time; never fails. */
  Future<Map<String, float[]>> embed(Collection<String> texts, CallContext call) {
    List<String> distinct = List.copyOf(new LinkedHashSet<>(texts));
    if (distinct.isEmpty()) {
      return Future.succeededFuture(Map.of());
    }
    long latest = System.nanoTime() + timeout.toNanos();
    CallContext brief =
        call.withSafeToRetry(true).withDeadline(Math.min(latest, call.deadlineNanos()));
    Map<String, float[]> vectors = new HashMap<>();
    if (distinct.size() == 1) {
      return bus.call(TextFeaturesContract.EMBED, new EmbedText(distinct.get(0)), brief)
          .onSuccess(features -> keep(distinct.get(0), features, vectors))
          .onFailure(this::missed)
          .transform(done -> Future.succeededFuture(vectors));
    }
    List<Future<?>> parts = new ArrayList<>();
    for (int from = 0; from < distinct.size(); from += TextFeaturesContract.MAX_TEXTS) {
      List<String> part =
          distinct.subList(from, Math.min(distinct.size(), from + TextFeaturesContract.MAX_TEXTS));
      parts.add(
          bus.call(TextFeaturesContract.EMBED_ALL, new EmbedTexts(part), brief)
              .onSuccess(
                  all -> {
                    for (int i = 0; i < part.size() && i < all.features().size(); i++) {
                      keep(part.get(i), all.features().get(i), vectors);
                    }
                  })
              .onFailure(this::missed));
    }
    return Future.join(parts).transform(done -> Future.succeededFuture(vectors));
  }

  private static void keep(String text, TextFeatures features, Map<String, float[]> vectors) {
    if (features instanceof Embedded embedded && embedded.vector().length > 0) {
      vectors.put(text, embedded.vector());
    }
  }

  private void missed(Throwable failure) {
    meters.withoutVector();
    log.debug("No vectors of texts now", failure);
  }
}
