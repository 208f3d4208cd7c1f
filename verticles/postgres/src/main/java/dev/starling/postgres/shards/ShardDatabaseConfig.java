package dev.starling.postgres.shards;

import dev.starling.postgres.PostgresEndpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One physical database that holds shards.
 *
 * <p>Immutable. A value that cannot be used gives an {@link IllegalArgumentException} that names
 * the key and what was expected.
 *
 * @param name what operators call it; {@value #HOME} is the database of {@code postgres.uri}, which
 *     needs an entry only to have replicas or less than all that the others leave
 * @param uri {@code postgresql://…} as in {@code postgres.uri}; empty for {@value #HOME} alone
 * @param shards what it is given when the cluster starts for the first time, e.g. {@code 0-15,20}
 * @param replicas {@code postgresql://…} of its streaming replicas, for reads that may be a little
 *     behind
 */
public record ShardDatabaseConfig(String name, String uri, String shards, List<String> replicas) {
  /** The database that every node needs, and that has what belongs to no shard. */
  public static final String HOME = "home";

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,30}");
  private static final Pattern RANGE = Pattern.compile("(\\d{1,2})(?:-(\\d{1,2}))?");

  public ShardDatabaseConfig(
      @Nullable String name,
      @Nullable String uri,
      @Nullable String shards,
      @Nullable List<String> replicas) {
    this.name = name == null ? "" : name;
    this.uri = uri == null ? "" : uri.strip();
    this.shards = shards == null ? "" : shards.strip();
    this.replicas = replicas == null ? List.of() : List.copyOf(replicas);
    if (!NAME.matcher(this.name).matches()) {
      throw new IllegalArgumentException(
          "name: " + this.name + " (expected: 1..31 of a-z, 0-9 and -, beginning with a letter)");
    }
    if (this.name.equals(HOME) != this.uri.isEmpty()) {
      throw new IllegalArgumentException(
          this.name.equals(HOME)
              ? "uri: of home (expected: none, since postgres.uri is its uri)"
              : "uri: missing for " + this.name + " (expected: postgresql://…)");
    }
    if (!this.uri.isEmpty()) {
      PostgresEndpoint.parse(this.uri);
    }
    this.replicas.forEach(PostgresEndpoint::parse);
    initialShards();
  }

  boolean isHome() {
    return name.equals(HOME);
  }

  /** The numbers that {@link #shards} stands for. */
  List<Integer> initialShards() {
    List<Integer> numbers = new ArrayList<>();
    if (shards.isEmpty()) {
      return numbers;
    }
    for (String part : shards.split(",", -1)) {
      var range = RANGE.matcher(part.strip());
      if (!range.matches()) {
        throw unusable();
      }
      int first = Integer.parseInt(range.group(1));
      int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (first > last || last >= Shards.COUNT) {
        throw unusable();
      }
      for (int shard = first; shard <= last; shard++) {
        numbers.add(shard);
      }
    }
    return numbers;
  }

  private IllegalArgumentException unusable() {
    return new IllegalArgumentException(
        "shards: " + shards + " (expected: numbers and ranges within 0..31, e.g. 0-15,20)");
  }

  /** Every component; URIs without their passwords. */
  @Override
  public String toString() {
    return "ShardDatabaseConfig[name="
        + name
        + ", uri="
        + (uri.isEmpty() ? "" : PostgresEndpoint.parse(uri))
        + ", shards="
        + shards
        + ", replicas="
        + replicas.stream().map(PostgresEndpoint::parse).toList()
        + "]";
  }
}
