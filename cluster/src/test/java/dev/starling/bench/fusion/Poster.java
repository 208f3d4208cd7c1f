package dev.starling.bench.fusion;

import dev.starling.load.LabNode;
import dev.starling.load.Pause;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Posts events as devices do: to one node after the other, always the same events, until one of
 * them has acknowledged them. Thread-safe; its methods block.
 */
final class Poster {
  private static final int PAUSE_MILLIS = 20;

  private final List<Client> clients;
  private final LongAdder again = new LongAdder();

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
      if (answer.status() / 100 == 4 || System.nanoTime() - end > 0) {
        throw new IllegalStateException(
            "not acknowledged: " + answer.status() + " " + answer.body());
      }
      again.increment();
      Pause.millis(PAUSE_MILLIS);
    }
  }

  /** How often events were posted once more. */
  long again() {
    return again.sum();
  }
}
