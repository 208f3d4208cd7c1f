package dev.starling.bench.inference;

/** Calls in a closed loop: each client sends its next request when it has the answer. */
interface Generator {
  String version();

  /** Sends the requests in rotation, over as many connections as there are clients. */
  Load run(Requests requests, int port, int clients, int seconds);

  /** The cheapest that this machine has. */
  static Generator cheapest() {
    return Wrk.find().<Generator>map(wrk -> wrk).orElseGet(OwnGenerator::new);
  }
}
