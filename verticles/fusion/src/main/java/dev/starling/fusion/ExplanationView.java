package dev.starling.fusion;

import dev.starling.fusion.core.Content;
import dev.starling.fusion.core.Decision;
import dev.starling.fusion.core.Device;
import dev.starling.fusion.core.FusionEvent;
import dev.starling.fusion.core.Intent;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Why a decision is what it is, as clients see it.
 *
 * @param decision that is explained
 * @param utterance what was said
 * @param asOf up to when the log was read
 * @param zone in which parts of days were meant
 * @param intents how likely each was
 * @param readings what was found in the words
 * @param skewMs for each device how far its clock is behind, as far as it was corrected
 * @param candidates all that could have been meant, the best first
 * @param devices as they were registered
 * @param considered how many events were looked at
 * @param events those of them that are nearest to the utterance, in the order of their corrected
 *     times; those that say nothing but how clocks go are not among them
 */
record ExplanationView(
    @NotNull DecisionView decision,
    @NotNull Event utterance,
    @NotNull Instant asOf,
    @NotNull long latenessMs,
    @NotNull String zone,
    @NotNull Map<String, Double> intents,
    @NotNull List<String> readings,
    @NotNull Map<String, Long> skewMs,
    @NotNull List<Candidate> candidates,
    @NotNull List<DeviceView> devices,
    @NotNull int considered,
    @NotNull List<Event> events) {
  private static final int MAX_EVENTS = 64;
  private static final int MAX_CANDIDATES = 64;
  private static final int MAX_WHAT = 120;
  private static final Comparator<Near> NEAREST =
      Comparator.comparing(Near::distance).thenComparing(near -> near.event.key());

  /**
   * @param kind {@code speech}, {@code text}, {@code image} or {@code behaviour}
   * @param time by the clock of its device
   * @param corrected the same by the server's clock
   * @param what the beginning of what it says
   */
  record Event(
      @NotNull String source,
      @NotNull String id,
      @NotNull String kind,
      @NotNull Instant time,
      @NotNull Instant corrected,
      @NotNull Instant receivedAt,
      @NotNull String what) {}

  /**
   * @param reasons what spoke for it and against it; they sum to the score
   * @param lost why it was not chosen; empty for the one that was
   */
  record Candidate(
      @NotNull String source,
      @NotNull String id,
      DecisionView.@NotNull Target target,
      @NotNull double score,
      @NotNull Instant time,
      @NotNull Map<String, Double> reasons,
      @NotNull String lost) {}

  record DeviceView(
      @NotNull String id,
      @NotNull String name,
      @NotNull String kind,
      @NotNull String location,
      @NotNull List<String> capabilities) {}

  static ExplanationView of(Resolved resolved, DecisionView view) {
    Decision decision = resolved.decision();
    Decision.Explanation explanation = decision.explanation();
    Map<String, Long> skews = explanation.skewMillis();
    FusionEvent utterance = resolved.situation().utterance();
    Map<String, Double> intents = new TreeMap<>();
    explanation.intents().forEach((intent, share) -> intents.put(intent.text(), share));
    return new ExplanationView(
        view,
        event(utterance, skews),
        resolved.asOf(),
        resolved.situation().lateness().toMillis(),
        resolved.situation().zone().getId(),
        intents,
        explanation.readings(),
        skews,
        explanation.candidates().stream()
            .limit(MAX_CANDIDATES)
            .map(ExplanationView::candidate)
            .toList(),
        resolved.situation().devices().stream().map(ExplanationView::device).toList(),
        resolved.considered(),
        nearest(resolved, skews));
  }

  private static List<Event> nearest(Resolved resolved, Map<String, Long> skews) {
    Instant at = corrected(resolved.situation().utterance(), skews);
    List<Near> near = new ArrayList<>(resolved.situation().events().size());
    for (FusionEvent event : resolved.situation().events()) {
      // What only tells of clocks has no id, and is told by the corrections.
      if (!event.id().isEmpty()) {
        near.add(new Near(event, Duration.between(at, corrected(event, skews)).abs()));
      }
    }
    near.sort(NEAREST);
    return near.stream()
        .limit(MAX_EVENTS)
        .map(one -> event(one.event, skews))
        .sorted(Comparator.comparing(Event::corrected).thenComparing(Event::id))
        .toList();
  }

  private record Near(FusionEvent event, Duration distance) {}

  private static Instant corrected(FusionEvent event, Map<String, Long> skews) {
    return event.time().plusMillis(skews.getOrDefault(event.deviceId(), 0L));
  }

  private static Event event(FusionEvent event, Map<String, Long> skews) {
    return new Event(
        event.source(),
        event.id(),
        kind(event.content()),
        event.time(),
        corrected(event, skews),
        event.receivedAt(),
        Excerpt.of(what(event.content()), MAX_WHAT));
  }

  private static String kind(Content content) {
    if (content instanceof Content.Utterance utterance) {
      return utterance.spoken() ? "speech" : "text";
    }
    return content instanceof Content.Image ? "image" : "behaviour";
  }

  private static String what(Content content) {
    if (content instanceof Content.Utterance utterance) {
      return utterance.transcript();
    } else if (content instanceof Content.Image image) {
      String labels = String.join(", ", image.labels());
      String said = image.caption().isEmpty() ? labels : image.caption();
      return said.isEmpty() ? image.imageId() : image.imageId() + ": " + said;
    } else if (content instanceof Content.Behaviour behaviour) {
      return behaviour.attributes().isEmpty()
          ? behaviour.action()
          : behaviour.action() + " " + behaviour.attributes();
    }
    return "";
  }

  private static Candidate candidate(Decision.Candidate candidate) {
    return new Candidate(
        candidate.event().source(),
        candidate.event().id(),
        new DecisionView.Target(candidate.target().kind(), candidate.target().id()),
        candidate.score(),
        Instant.ofEpochMilli(candidate.timeMillis()),
        candidate.reasons(),
        candidate.lost());
  }

  private static DeviceView device(Device device) {
    return new DeviceView(
        device.id(),
        device.name(),
        device.kind().name().toLowerCase(Locale.ROOT),
        device.location(),
        device.capabilities().stream().map(Intent::text).toList());
  }
}
