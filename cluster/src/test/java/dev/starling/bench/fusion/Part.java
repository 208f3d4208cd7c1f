package dev.starling.bench.fusion;

import java.io.IOException;
import java.sql.SQLException;
import java.util.function.Function;

/** What can be shown, in the order in which it is. */
enum Part {
  load(Load::new),
  kill(Kill::new),
  hostile(Hostile::new);

  /** Plays a part and prints what it found. */
  interface Play {
    void play() throws IOException, SQLException;
  }

  private final Function<Setting, Play> maker;

  Part(Function<Setting, Play> maker) {
    this.maker = maker;
  }

  Play in(Setting setting) {
    return maker.apply(setting);
  }
}
