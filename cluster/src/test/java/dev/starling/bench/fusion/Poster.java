package dev.starling.bench.fusion;

import dev.starling.load.LabNode;
import dev.starling.load.Pause;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Posts events as devices do: to one node after the other, always the same events, until one of
 * them has acknowledged them. Thread-safe; its methods block.
 */
final class Poster {
  private static final int PAUSE_MILLIS = 20;

  /** Nothing that another node would see otherwise, or the same node a little later. */
  private static final Set<Integer> MISTAKES = Set.of(400, 401, 403, 413, 415, 422);

  private final List<Client> clients;
  private final Map<Integer, Long> others = new ConcurrentSkipListMap<>();

  Poster(List<LabNode> nodes) {
    clients = nodes.stream().map(Client::new).toList();
  }

  /**
   * Posts them.
   *
   * @param first the node, from 0, that is asked first
   */
  void post(int first, Request events) {
    long end = System.nanoTime() + LabNode.PATIENCE.toNanos();
    for (int attempt = 0; ; attempt++) {
      Client.Answer answer = clients.get((first + attempt) % clients.size()).send(events);
      if (answer.status() == Acknowledgements.ACCEPTED) {
        return;
      }
      if (MISTAKES.contains(answer.status()) || System.nanoTime() - end > 0) {
        throw new IllegalStateException(
            "not acknowledged: " + answer.status() + " " + answer.body());
      }
      others.merge(answer.status(), 1L, Long::sum);
      Pause.millis(PAUSE_MILLIS);
    }
  }

  /** How often events were posted once more, by why: a status, or 0 for no answer. */
  Map<Integer, Long> again() {
    return others;
  }
}
