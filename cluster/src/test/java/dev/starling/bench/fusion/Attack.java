package dev.starling.bench.fusion;

import java.util.Set;

/**
 * A request that somebody makes to do harm, and what must come of it.
 *
 * @param group what it tries
 * @param statuses any of which is right
 * @param says what must be in the answer, in whatever case; empty when that does not matter
 */
record Attack(String group, String name, Request request, Set<Integer> statuses, String says) {

  static Attack of(String group, String name, Request request, int status, String says) {
    return new Attack(group, name, request, Set.of(status), says);
  }
}
