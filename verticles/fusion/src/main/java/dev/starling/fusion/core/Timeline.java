package dev.starling.fusion.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What had happened when something was said, in the order in which it happened. Immutable.
 *
 * <p>Each event is there once, at its corrected time. As far as clocks of two devices cannot be told
 * apart, something that another device saw a little later still counts as known.
 */
final class Timeline {
  /** As long as somebody needs to speak of what just happened; more would let in the future. */
  private static final long MOST_TOLERANCE_MILLIS = 1_500;

  private final Moment utterance;
  private final List<Moment> moments;
  private final ClockSkew skew;
  private final long toleranceMillis;

  private Timeline(Moment utterance, List<Moment> moments, ClockSkew skew, long toleranceMillis) {
    this.utterance = utterance;
    this.moments = moments;
    this.skew = skew;
    this.toleranceMillis = toleranceMillis;
  }

  static Timeline of(Situation situation) {
    Map<FusionEvent.Key, FusionEvent> once = new TreeMap<>();
    for (FusionEvent event : situation.events()) {
      once.merge(event.key(), event, Timeline::first);
    }
    once.merge(situation.utterance().key(), situation.utterance(), Timeline::first);
    FusionEvent said = once.get(situation.utterance().key());
    long lateness = Math.max(0, situation.lateness().toMillis());
    ClockSkew skew =
        ClockSkew.of(once.values(), Moment.millis(said.receivedAt()) + lateness, lateness);
    List<Moment> moments = new ArrayList<>();
    for (FusionEvent event : once.values()) {
      moments.add(Moment.of(event, skew.of(event.deviceId())));
    }
    Collections.sort(moments);
    Moment utterance = Moment.of(said, skew.of(said.deviceId()));
    return new Timeline(
            utterance, moments, skew, Math.min(lateness, MOST_TOLERANCE_MILLIS))
        .asOf(utterance);
  }

  /** Of two copies the one that came first; which of two that came at once is all the same. */
  private static FusionEvent first(FusionEvent a, FusionEvent b) {
    return a.receivedAt().compareTo(b.receivedAt()) <= 0 ? a : b;
  }

  /** What had happened when something was said earlier. */
  Timeline asOf(Moment said) {
    List<Moment> known = new ArrayList<>();
    for (Moment moment : moments) {
      boolean same = moment.event().deviceId().equals(said.event().deviceId());
      if (moment.millis() <= said.millis() + (same ? 0 : toleranceMillis)) {
        known.add(moment);
      }
    }
    return new Timeline(said, List.copyOf(known), skew, toleranceMillis);
  }

  /** What was said. */
  Moment utterance() {
    return utterance;
  }

  long now() {
    return utterance.millis();
  }

  String speakingDevice() {
    return utterance.event().deviceId();
  }

  /** All of it, the earliest first. */
  List<Moment> moments() {
    return moments;
  }

  /** Pictures, each once, as it was first told of; the one taken first is first. */
  List<Moment> images() {
    Map<String, Moment> byImage = new TreeMap<>();
    for (Moment moment : moments) {
      if (moment.event().content() instanceof Content.Image image) {
        byImage.putIfAbsent(image.imageId(), moment);
      }
    }
    List<Moment> images = new ArrayList<>(byImage.values());
    images.sort(
        (a, b) ->
            a.captured() != b.captured()
                ? Long.compare(a.captured(), b.captured())
                : a.compareTo(b));
    return images;
  }

  /** What was said before, at most so many and so long ago; the earliest first. */
  List<Moment> earlierUtterances(int most, long withinMillis) {
    List<Moment> said = new ArrayList<>();
    for (Moment moment : moments) {
      if (moment.event().content() instanceof Content.Utterance
          && moment.compareTo(utterance) < 0
          && moment.millis() >= now() - withinMillis) {
        said.add(moment);
      }
    }
    return said.subList(Math.max(0, said.size() - most), said.size());
  }

  SortedMap<String, Long> skewMillis() {
    return skew.corrections();
  }
}
