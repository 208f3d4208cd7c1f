package dev.starling.chaos;

import dev.starling.load.User;
import java.util.ArrayList;
import java.util.List;

/**
 * A user of the lab, and what was written to its name: each write has a number, one is under way at
 * a time, so that the name which is there in the end tells which of them were executed.
 *
 * <p>Confined to the event loop of the {@link Traffic}; read by others when that has stopped.
 */
final class Account {
  final User user;
  private final List<Integer> unknown = new ArrayList<>();
  private final List<Integer> refused = new ArrayList<>();
  private int acknowledged;
  private boolean writing;

  Account(User user) {
    this.user = user;
  }

  /** Nothing is written to a user whose last write may yet come to pass. */
  boolean isFree() {
    return !writing && unknown.isEmpty();
  }

  boolean isUncertain() {
    return !unknown.isEmpty();
  }

  void begin() {
    writing = true;
  }

  void end(int write, Sample answer) {
    writing = false;
    if (answer.succeeded()) {
      acknowledged = write;
    } else if (answer.isRefused()) {
      refused.add(write);
    } else {
      unknown.add(write);
    }
  }

  /** Forgets what is uncertain: {@code found} is the last write that was executed. */
  void settle(int found) {
    unknown.clear();
    refused.clear();
    acknowledged = found;
  }

  /** What is wrong with the write that was found to be the last; empty when nothing is. */
  String check(int found) {
    if (refused.contains(found)) {
      return "write " + found + " was executed although the answer was that it was not";
    }
    if (found != acknowledged && !unknown.contains(found)) {
      return "write " + acknowledged + " was acknowledged, but " + found + " is there";
    }
    return "";
  }
}
