package dev.starling.fusion.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was said before and what it meant, as far as it can still be spoken of. Immutable.
 *
 * @param turns the earliest first
 */
record Discourse(List<Turn> turns) {
  /** How many earlier utterances are decided again for one, and how long ago they may be. */
  static final int MOST_TURNS = 6;

  static final long LONGEST_MILLIS = 60 * 60_000L;

  /** "It" lasts that long. */
  static final long POINTING_MILLIS = 15 * 60_000L;

  /** A question waits for its answer that long. */
  static final long ANSWER_MILLIS = 3 * 60_000L;

  /**
   * An utterance and its decision.
   *
   * @param millis when it was said
   */
  record Turn(long millis, Decision decision) {}

  static final Discourse NONE = new Discourse(List.of());

  Discourse {
    turns = List.copyOf(turns);
  }

  Discourse with(Turn turn) {
    List<Turn> more = new ArrayList<>(turns);
    more.add(turn);
    return new Discourse(more);
  }

  /** The question that an utterance now may answer; null when there is none. */
  @Nullable Turn question(long now) {
    for (int i = turns.size() - 1; i >= 0; i--) {
      Turn turn = turns.get(i);
      Decision decision = turn.decision();
      if (decision.status() == Decision.Status.ASKED) {
        return now - turn.millis() <= ANSWER_MILLIS ? turn : null;
      }
      // What was said in between to nobody leaves the question open.
      boolean aside = decision.status() == Decision.Status.NONE && decision.answers() == null;
      if (!aside) {
        return null;
      }
    }
    return null;
  }

  /** The last command that was understood, within the time that "it" lasts; null for none. */
  @Nullable Turn command(long now) {
    for (int i = turns.size() - 1; i >= 0; i--) {
      Turn turn = turns.get(i);
      if (turn.decision().status() == Decision.Status.RESOLVED
          && now - turn.millis() <= POINTING_MILLIS) {
        return turn;
      }
    }
    return null;
  }

  /** What a decision is about, or which one was offered when that had to be asked. */
  static Decision.@Nullable Target spokenOf(Decision decision) {
    boolean asked =
        decision.status() == Decision.Status.ASKED
            && decision.target() == null
            && Draft.needsPicture(decision.intent());
    return asked && decision.options().size() == 1 ? decision.options().get(0) : decision.target();
  }

  /** The picture that was spoken of last; null for none. */
  @Nullable Turn image(long now) {
    for (int i = turns.size() - 1; i >= 0; i--) {
      Turn turn = turns.get(i);
      Decision.Target target = spokenOf(turn.decision());
      if (target != null
          && target.kind().equals("image")
          && turn.decision().intent() != Intent.DELETE
          && now - turn.millis() <= POINTING_MILLIS) {
        return turn;
      }
    }
    return null;
  }

  /** The picture that was spoken of last, even if it was deleted; null for none. */
  @Nullable String lastImageId(long now) {
    for (int i = turns.size() - 1; i >= 0; i--) {
      Turn turn = turns.get(i);
      Decision.Target target = spokenOf(turn.decision());
      if (target != null
          && target.kind().equals("image")
          && now - turn.millis() <= POINTING_MILLIS) {
        return target.id();
      }
    }
    return null;
  }

  /** To whom something was sent last; empty for nobody. */
  String recipient() {
    for (int i = turns.size() - 1; i >= 0; i--) {
      String recipient = turns.get(i).decision().arguments().get("recipient");
      if (recipient != null) {
        return recipient;
      }
    }
    return "";
  }

  /** What plays or shows something since it was told to; empty for nothing. */
  String busyDevice() {
    return busyDevice(null);
  }

  /**
   * What does something since it was told to and was not told to stop; the last that was told.
   *
   * @param doing what it does; null for anything that goes on
   */
  String busyDevice(@Nullable Intent doing) {
    Set<String> stopped = new HashSet<>();
    for (int i = turns.size() - 1; i >= 0; i--) {
      Decision decision = turns.get(i).decision();
      if (decision.status() != Decision.Status.RESOLVED) {
        continue;
      }
      Intent intent = decision.intent();
      boolean goesOn = intent == Intent.PLAY || intent == Intent.SHOW_ON;
      boolean meant = doing == null ? goesOn : intent == doing;
      if (intent == Intent.STOP) {
        stopped.add(decision.device());
      } else if (meant && !stopped.contains(decision.device())) {
        return decision.device();
      }
    }
    return "";
  }

  /** The picture that a device was told to show last; null for none. */
  @Nullable String shownOn(String device) {
    for (int i = turns.size() - 1; i >= 0; i--) {
      Decision decision = turns.get(i).decision();
      if (decision.status() == Decision.Status.RESOLVED
          && decision.intent() == Intent.SHOW_ON
          && decision.device().equals(device)
          && decision.target() != null) {
        return decision.target().id();
      }
    }
    return null;
  }

  /** What was deleted can be meant no more. */
  boolean isDeleted(String imageId) {
    for (Turn turn : turns) {
      Decision decision = turn.decision();
      if (decision.status() == Decision.Status.RESOLVED
          && decision.intent() == Intent.DELETE
          && decision.target() != null
          && decision.target().id().equals(imageId)) {
        return true;
      }
    }
    return false;
  }
}
