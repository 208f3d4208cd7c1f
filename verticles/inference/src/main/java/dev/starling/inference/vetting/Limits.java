package dev.starling.inference.vetting;

/**
 * How much a file may have of what makes loading it dear. Immutable.
 *
 * @param fileBytes its size; protobuf itself ends at 2^31 - 1
 * @param nodes of all graphs and functions together
 * @param tensors likewise
 * @param nesting messages inside messages; a subgraph takes three, the type of a list one
 * @param textBytes of one name
 * @param nameBytes of all names that are kept while it is read
 * @param denseBytes of sparse tensors once they are filled up
 */
public record Limits(
    long fileBytes,
    int nodes,
    int tensors,
    int nesting,
    int textBytes,
    long nameBytes,
    long denseBytes) {
  public static final long MAX_FILE_BYTES = Integer.MAX_VALUE;

  /** The largest models that are run on CPUs have some ten thousand nodes. */
  private static final int NODES = 250_000;

  /** For a file of this size at the most, and otherwise what is usual by a wide margin. */
  public static Limits of(long fileBytes) {
    return new Limits(fileBytes, NODES, NODES, 64, 4096, 32L << 20, 256L << 20);
  }
}
