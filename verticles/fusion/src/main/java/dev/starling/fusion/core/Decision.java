package dev.starling.fusion.core;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an utterance meant. Immutable.
 *
 * @param utterance the event that was decided
 * @param intent {@link Intent#NONE} when it was no command, or none that is known
 * @param target what the command is about; null when it is about nothing, or not known yet
 * @param device the id of the device that is to do it; empty when there is none, or not known yet
 * @param arguments of the intent
 * @param confidence 0..1: how often decisions like this one are right
 * @param question what the user is asked; empty unless {@link Status#ASKED}
 * @param options among which the question lets the user choose, in the order in which it names them
 * @param answers the utterance whose question this one answered; null when it answered none
 * @param explanation why
 */
public record Decision(
    FusionEvent.Key utterance,
    Status status,
    Intent intent,
    @Nullable Target target,
    String device,
    SortedMap<String, String> arguments,
    double confidence,
    String question,
    List<Target> options,
    FusionEvent.@Nullable Key answers,
    Explanation explanation) {
  public Decision {
    arguments = Collections.unmodifiableSortedMap(new TreeMap<>(arguments));
    options = List.copyOf(options);
  }

  /** What became of an utterance. */
  public enum Status {
    /** It is a command, and is given. */
    RESOLVED,
    /** It is a command, and it is not clear which; the user is asked. */
    ASKED,
    /** It is no command. */
    NONE
  }

  /**
   * What a command is about.
   *
   * @param kind {@code image} or {@code device}
   */
  public record Target(String kind, String id) {
    public static Target image(String id) {
      return new Target("image", id);
    }

    public static Target device(String id) {
      return new Target("device", id);
    }
  }

  /**
   * How it came to be.
   *
   * @param intents how likely each was; they sum to 1
   * @param readings what was found in the words, e.g. {@code time: just now}
   * @param skewMillis for each device how far its clock is behind the server's, as far as it was
   *     corrected
   * @param candidates all that could have been meant, the best first, with what spoke for and
   *     against them
   */
  public record Explanation(
      SortedMap<Intent, Double> intents,
      List<String> readings,
      SortedMap<String, Long> skewMillis,
      List<Candidate> candidates) {
    public Explanation {
      intents = Collections.unmodifiableSortedMap(new TreeMap<>(intents));
      readings = List.copyOf(readings);
      skewMillis = Collections.unmodifiableSortedMap(new TreeMap<>(skewMillis));
      candidates = List.copyOf(candidates);
    }
  }

  /**
   * Something that could have been meant.
   *
   * @param event that told of it
   * @param score larger is likelier
   * @param timeMillis when it happened, corrected, in milliseconds since 1970
   * @param reasons what spoke for it and against it, by name; they sum to the score
   * @param lost why it was not chosen; empty for the one that was
   */
  public record Candidate(
      FusionEvent.Key event,
      Target target,
      double score,
      long timeMillis,
      Map<String, Double> reasons,
      String lost) {
    public Candidate {
      reasons = Collections.unmodifiableSortedMap(new TreeMap<>(reasons));
    }
  }
}
