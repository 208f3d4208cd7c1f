package dev.starling.chaos.orders;

import dev.starling.load.LabNode;
import dev.starling.postgres.shards.Shards;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Moves shards to and fro between the two databases, as operators do.
 *
 * <p>Used from one thread, which it blocks.
 */
final class ShardMoves {
  private static final String HOME = "home";
  private static final String NORTH = "north";
  private static final Pattern PAUSE = Pattern.compile("pause (\\d+\\.\\d) ms");

  private final LabNode node;
  private final String[] places = new String[Shards.COUNT];
  private OptionalDouble longestPause = OptionalDouble.empty();

  /**
   * @param node whose configuration is used
   */
  ShardMoves(LabNode node) {
    this.node = node;
    for (int shard = 0; shard < places.length; shard++) {
      // As the databases are configured.
      places[shard] = shard < places.length / 2 ? HOME : NORTH;
    }
  }

  /** Moves a shard to the other database; says which way, and for how long nobody could write. */
  String move(int shard) {
    String from = places[shard];
    String to = from.equals(HOME) ? NORTH : HOME;
    String told = node.command("shards", "move", Integer.toString(shard), "--to", to, "--drop-old");
    Matcher pause = PAUSE.matcher(told);
    if (!pause.find()) {
      throw new IllegalStateException("a move without its pause: " + told);
    }
    double millis = Double.parseDouble(pause.group(1));
    places[shard] = to;
    longestPause = OptionalDouble.of(Math.max(millis, longestPause.orElse(0)));
    return String.format(
        Locale.ROOT, "%s from %s to %s, pause %.1f ms", Shards.schema(shard), from, to, millis);
  }

  /** In milliseconds; empty when nothing was moved. */
  OptionalDouble longestPauseMillis() {
    return longestPause;
  }
}
