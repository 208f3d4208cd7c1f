package dev.starling.fusion;

import dev.starling.bus.CallContext;
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
    int considered = timeline.size();
    return ofUser
        .compose(
            known -> {
              Situation situation = situation(utterance, timeline, known);
              return vertx.executeBlocking(() -> begin(situation), false);
            })
        .compose(begun -> finish(begun, call))
        .map(done -> new Resolved(done.decision, done.situation, considered, timeline.asOf()));
  }

  /** A situation, with the texts that it wants vectors for or the decision. */
  private sealed interface Step {}

  private record Asked(Situation situation, List<String> texts) implements Step {}

  private record Done(Situation situation, Decision decision) implements Step {}

  private Situation situation(LogRow utterance, Timeline timeline, List<Device> known) {
    FusionEvent said = utterance.event();
    List<FusionEvent> events = timeline.events(said.receivedAt().plus(lateness));
    if (timeline.find(said.key()) == null) {
      events.add(said);
    }
    return new Situation(said, events, known, zone(utterance), lateness, Map.of());
  }

  private Step begin(Situation situation) {
    // Sorted, so that the same situation asks alike.
    TreeSet<String> wanted = new TreeSet<>(resolver.wants(situation));
    return wanted.isEmpty()
        ? new Done(situation, decide(situation))
        : new Asked(situation, List.copyOf(wanted));
  }

  private Future<Done> finish(Step begun, CallContext call) {
    if (begun instanceof Done done) {
      return Future.succeededFuture(done);
    }
    Asked asked = (Asked) begun;
    return texts
        .embed(asked.texts, call)
        .compose(
            vectors -> {
              Situation complete = asked.situation.with(vectors);
              return vertx.executeBlocking(() -> new Done(complete, decide(complete)), false);
            });
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
