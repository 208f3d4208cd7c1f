package dev.starling.fusion;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.starling.fusion.core.Decision;
import dev.starling.fusion.core.FusionEvent;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A decision as clients see it.
 *
 * @param utteranceId the id of the event that was decided
 * @param source of that event
 * @param revision 1 for the first; a correction has the next one
 * @param intent {@code none} when it was no command, or none that is known
 * @param target what the command is about; null when it is about nothing, or not known yet
 * @param device that is to do it; null when there is none, or not known yet
 * @param arguments of the intent; {@code level} is a number
 * @param question what the user is asked; null unless the status is {@code asked}
 * @param options among which the question lets the user choose
 * @param answers the utterance whose question this one answered; null when it answered none
 * @param command the id under which {@code devices} has the command; null when there is none
 */
record DecisionView(
    @NotNull String utteranceId,
    @NotNull String source,
    @NotNull int revision,
    @NotNull Status status,
    @NotNull String intent,
    @Nullable Target target,
    @Nullable String device,
    @NotNull Map<String, Object> arguments,
    @NotNull double confidence,
    @Nullable String question,
    @NotNull List<Target> options,
    @Nullable Utterance answers,
    @Nullable UUID command,
    @NotNull Instant decidedAt) {

  enum Status {
    @JsonProperty("resolved")
    RESOLVED,
    @JsonProperty("asked")
    ASKED,
    @JsonProperty("none")
    NONE;

    static Status of(Decision.Status status) {
      return switch (status) {
        case RESOLVED -> RESOLVED;
        case ASKED -> ASKED;
        case NONE -> NONE;
      };
    }
  }

  /**
   * @param kind {@code image} or {@code device}
   */
  record Target(@NotNull String kind, @NotNull String id) {
    static @Nullable Target of(Decision.@Nullable Target target) {
      return target == null ? null : new Target(target.kind(), target.id());
    }
  }

  record Utterance(@NotNull String source, @NotNull String id) {
    static @Nullable Utterance of(FusionEvent.@Nullable Key key) {
      return key == null ? null : new Utterance(key.source(), key.id());
    }
  }

  static DecisionView of(Decision decision, int revision, @Nullable UUID command, Instant at) {
    return new DecisionView(
        decision.utterance().id(),
        decision.utterance().source(),
        revision,
        Status.of(decision.status()),
        decision.intent().text(),
        Target.of(decision.target()),
        decision.device().isEmpty() ? null : decision.device(),
        arguments(decision.arguments()),
        decision.confidence(),
        decision.question().isEmpty() ? null : decision.question(),
        decision.options().stream().map(option -> new Target(option.kind(), option.id())).toList(),
        Utterance.of(decision.answers()),
        command,
        at);
  }

  private static Map<String, Object> arguments(Map<String, String> texts) {
    Map<String, Object> arguments = new TreeMap<>(texts);
    String level = texts.get("level");
    if (level != null && level.matches("[0-9]{1,3}")) {
      arguments.put("level", Integer.valueOf(level));
    }
    return arguments;
  }
}
