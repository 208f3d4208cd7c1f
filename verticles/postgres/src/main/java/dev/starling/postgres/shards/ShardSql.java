package dev.starling.postgres.shards;

/**
 * A statement on the tables of a shard, written once and spelled out for each shard, so that a
 * connection prepares it once for each and the server keeps its plan.
 *
 * <p>Immutable.
 */
public final class ShardSql {
  private static final String PLACE = "{shard}";

  private final String[] texts = new String[Shards.COUNT];

  /**
   * @param template SQL in which {@code {shard}} stands for the schema, e.g. {@code SELECT id FROM
   *     {shard}.orders WHERE id = $1}
   */
  public ShardSql(String template) {
    if (!template.contains(PLACE)) {
      throw new IllegalArgumentException("sql: " + template + " (expected: to contain {shard})");
    }
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      texts[shard] = template.replace(PLACE, Shards.schema(shard));
    }
  }

  /** The statement for one shard. */
  public String in(int shard) {
    return texts[shard];
  }
}
