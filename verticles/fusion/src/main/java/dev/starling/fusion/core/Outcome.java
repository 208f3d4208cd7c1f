package dev.starling.fusion.core;

import dev.starling.fusion.core.Candidates.Scored;
import dev.starling.fusion.core.Decision.Status;
import dev.starling.fusion.core.Decision.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one reading of an utterance comes to. Immutable.
 *
 * @param readings what was found in its words
 * @param scored the pictures that were considered, the best first
 */
record Outcome(
    Status status,
    Intent intent,
    @Nullable Target target,
    String device,
    Map<String, String> arguments,
    double confidence,
    String question,
    List<Target> options,
    FusionEvent.@Nullable Key answers,
    List<String> readings,
    List<Scored> scored) {
  Outcome {
    arguments = Map.copyOf(arguments);
    options = List.copyOf(options);
    readings = List.copyOf(readings);
    scored = List.copyOf(scored);
  }

  static Outcome none(double confidence) {
    return new Outcome(
        Status.NONE,
        Intent.NONE,
        null,
        "",
        Map.of(),
        confidence,
        "",
        List.of(),
        null,
        List.of(),
        List.of());
  }

  Outcome answering(FusionEvent.Key question) {
    return new Outcome(
        status,
        intent,
        target,
        device,
        arguments,
        confidence,
        this.question,
        options,
        question,
        readings,
        scored);
  }

  /** Whether both come to the same command, question or nothing. */
  boolean sameAs(Outcome other) {
    boolean same = status == other.status && intent == other.intent;
    if (!same || status != Status.RESOLVED) {
      return same;
    }
    boolean sameTarget = target == null ? other.target == null : target.equals(other.target);
    return sameTarget && device.equals(other.device) && arguments.equals(other.arguments);
  }

  Outcome with(double changed) {
    return new Outcome(
        status,
        intent,
        target,
        device,
        arguments,
        changed,
        question,
        options,
        answers,
        readings,
        scored);
  }

  /** What was considered, with why all but the chosen one lost. */
  List<Decision.Candidate> candidates() {
    List<Decision.Candidate> candidates = new ArrayList<>();
    for (Scored one : scored) {
      boolean chosen = one.target().equals(target);
      candidates.add(
          new Decision.Candidate(
              one.moment().event().key(),
              one.target(),
              one.score(),
              one.moment().captured(),
              one.reasons(),
              chosen ? "" : lost(one)));
    }
    return candidates;
  }

  private String lost(Scored one) {
    if (options.contains(one.target())) {
      return "it may be meant, as may others";
    }
    String worst = "";
    double least = -1;
    for (Map.Entry<String, Double> reason : new TreeMap<>(one.reasons()).entrySet()) {
      if (reason.getValue() < least) {
        worst = reason.getKey();
        least = reason.getValue();
      }
    }
    if (one.fit() <= Candidates.FITS || worst.equals("recency")) {
      return worst.equals("recency") ? "longer ago" : "does not fit: " + worst;
    }
    return "another fits better";
  }
}
