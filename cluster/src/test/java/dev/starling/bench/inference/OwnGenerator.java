package dev.starling.bench.inference;

import dev.starling.load.OpenLoop;

/** The generator of the other benchmarks, for machines without {@code wrk}. */
final class OwnGenerator implements Generator {
  @Override
  public String version() {
    return "a generator in Java (wrk is missing, and would be cheaper: apt-get install wrk)";
  }

  @Override
  public Load run(Requests requests, int port, int clients, int seconds) {
    try (OpenLoop<ModelCalls> loop = ModelCalls.against(port, requests, clients)) {
      long began = System.nanoTime();
      loop.closedLoop(clients, seconds * 1_000L);
      double took = (System.nanoTime() - began) / 1e9;
      return loop.ask(ModelCalls::take).load(took);
    }
  }
}
