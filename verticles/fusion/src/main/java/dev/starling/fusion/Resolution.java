package dev.starling.fusion;

import dev.starling.bus.CallContext;
import dev.starling.fusion.core.Content.Utterance;
import dev.starling.fusion.core.Decision;
import dev.starling.fusion.core.Device;
import dev.starling.fusion.core.FusionEvent;
import dev.starling.fusion.core.Resolver;
import dev.starling.fusion.core.Situation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Puts together what a decision depends on, and has the core decide. Confined to an instance's
 * context, but for the core's work, which is done on a worker thread.
 */
final class Resolution {
  private final Vertx vertx;
  private final Resolver resolver;
  private final KnownDevices devices;
  private final Texts texts;
  private final Duration lateness;
  private final ZoneId zone;
  private final FusionMeters meters;

  /**
   * @param zone of devices that do not tell theirs
   */
  Resolution(
      Vertx vertx,
      Resolver resolver,
      KnownDevices devices,
      Texts texts,
      Duration lateness,
      ZoneId zone,
      FusionMeters meters) {
    this.vertx = vertx;
    this.resolver = resolver;
    this.devices = devices;
    this.texts = texts;
    this.lateness = lateness;
    this.zone = zone;
    this.meters = meters;
  }

  /** A user's devices, which {@link #resolve} needs; may be asked for while the log is read. */
  Future<List<Device>> devices(UUID user, CallContext call) {
    return devices.of(user, call);
  }

  /**
   * What an utterance of a timeline means.
   *
   * <p>Fails as the call of {@code devices} does, and with what the core throws.
   */
  Future<Resolved> resolve(
      LogRow utterance, Timeline timeline, Future<List<Device>> ofUser, CallContext call) {
    return ofUser
        .compose(known -> wanted(utterance, timeline, known))
        .compose(asked -> answered(asked, call))
        .compose(
            situation ->
                vertx
                    .executeBlocking(() -> decide(situation), false)
                    .map(decision -> new Resolved(decision, situation, timeline.asOf())));
  }

  /** A situation without vectors, and the texts that it wants them for. */
  private record Asked(Situation situation, List<String> texts) {}

  private Future<Asked> wanted(LogRow utterance, Timeline timeline, List<Device> known) {
    List<FusionEvent> events = timeline.events();
    if (!timeline.has(utterance.event().key())) {
      events.add(utterance.event());
    }
    Situation situation =
        new Situation(utterance.event(), events, known, zone(utterance), lateness, Map.of());
    return vertx.executeBlocking(
        () -> {
          // Sorted, so that the same situation asks alike.
          TreeSet<String> wanted = new TreeSet<>(resolver.wants(situation));
          if (utterance.event().content() instanceof Utterance said && said.vector() == null) {
            wanted.add(said.transcript());
          }
          return new Asked(situation, List.copyOf(wanted));
        },
        false);
  }

  private Future<Situation> answered(Asked asked, CallContext call) {
    return texts.embed(asked.texts, call).map(vectors -> withVectors(asked.situation, vectors));
  }

  /** With the vector of the utterance too, if it was stored without one. */
  private static Situation withVectors(Situation situation, Map<String, float[]> vectors) {
    FusionEvent utterance = situation.utterance();
    List<FusionEvent> events = new ArrayList<>(situation.events());
    if (utterance.content() instanceof Utterance said
        && said.vector() == null
        && vectors.containsKey(said.transcript())) {
      FusionEvent.Key key = utterance.key();
      utterance =
          new FusionEvent(
              utterance.source(),
              utterance.id(),
              utterance.deviceId(),
              utterance.time(),
              utterance.sentAt(),
              utterance.receivedAt(),
              Features.withVector(said, vectors));
      events.removeIf(event -> event.key().equals(key));
      events.add(utterance);
    }
    return new Situation(
        utterance, events, situation.devices(), situation.zone(), situation.lateness(), vectors);
  }

  private Decision decide(Situation situation) {
    long begun = System.nanoTime();
    Decision decision = resolver.decide(situation);
    meters.worked(System.nanoTime() - begun);
    return decision;
  }

  private ZoneId zone(LogRow utterance) {
    Short minutes = utterance.zoneMinutes();
    return minutes == null ? zone : ZoneOffset.ofTotalSeconds(minutes * 60);
  }
}
