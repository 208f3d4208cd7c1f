package dev.starling.imagefeatures;

import dev.starling.sdk.Bounds;

/**
 * The section {@code image-features} of a node's configuration. Immutable.
 *
 * @param maxBytes of a picture's file
 * @param maxPixels that a picture may have
 * @param maxDecodedBytes memory for a picture's pixels on each thread; larger pictures are read
 *     with rows and columns left out
 * @param threads that read pictures
 * @param maxWaiting pictures that may wait for them
 * @param maxWaitingBytes the same in bytes
 * @param maxTextBytes of words that are encoded
 * @param encoder of vectors
 */
public record ImageFeaturesConfig(
    int maxBytes,
    int maxPixels,
    int maxDecodedBytes,
    int threads,
    int maxWaiting,
    int maxWaitingBytes,
    int maxTextBytes,
    EncoderConfig encoder) {
  public ImageFeaturesConfig {
    Bounds.within("max-bytes", maxBytes, 1024, 256 << 20);
    Bounds.within("max-pixels", maxPixels, 1024, 1 << 29);
    Bounds.within("max-decoded-bytes", maxDecodedBytes, 1 << 20, 1 << 30);
    Bounds.within("threads", threads, 1, 256);
    Bounds.within("max-waiting", maxWaiting, 1, 10_000);
    Bounds.within("max-waiting-bytes", maxWaitingBytes, maxBytes, Integer.MAX_VALUE);
    Bounds.within("max-text-bytes", maxTextBytes, 1, 64 * 1024);
  }

  public static ImageFeaturesConfig defaults() {
    return new ImageFeaturesConfig(
        16 << 20, 64_000_000, 64 << 20, 2, 64, 64 << 20, 2048, EncoderConfig.none());
  }
}
