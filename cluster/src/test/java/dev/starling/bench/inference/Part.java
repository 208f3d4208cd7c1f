package dev.starling.bench.inference;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/** What can be shown, in the order in which it is. */
enum Part {
  embeddings(Embeddings::new),
  batching(Batching::new),
  fastapi(FastApi::new),
  replace(Replace::new),
  overload(Overloaded::new),
  kill(Kill::new),
  evil(Evil::new),
  vectors(VectorSearch::new);

  /** Plays a part and prints what it found. */
  interface Play {
    /** Says what is missing on this machine; empty when it was played. */
    Optional<String> play() throws IOException, InterruptedException;
  }

  private final Function<Setting, Play> maker;

  Part(Function<Setting, Play> maker) {
    this.maker = maker;
  }

  Play in(Setting setting) {
    return maker.apply(setting);
  }
}
