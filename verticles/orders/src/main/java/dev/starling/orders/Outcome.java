package dev.starling.orders;

import dev.starling.postgres.SqlFailure;
import dev.starling.postgres.shards.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the attempt to order ended. Immutable. */
sealed interface Outcome {

  /**
   * It was decided, and what was decided is committed.
   *
   * @param position what a reader must have seen to see it; null when every reader does
   */
  record Decided(Decision decision, @Nullable Position position) implements Outcome {}

  /**
   * All shards together do not have it, as far as they can be reached.
   *
   * @param skus of which there is too little
   */
  record OutOfStock(List<String> skus) implements Outcome {
    public OutOfStock {
      skus = List.copyOf(skus);
    }
  }

  /** The same key is being worked on, here. */
  record InFlight() implements Outcome {}

  /**
   * Nothing was done, since there was no room or no time.
   *
   * @param why for people
   */
  record NotExecuted(String why) implements Outcome {}

  /** The database did not do it, or it cannot be told whether. */
  record Failed(SqlFailure failure) implements Outcome {}
}
