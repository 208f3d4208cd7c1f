package dev.starling.fusion.core;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * How near what a picture is called and what is known to be on it are: embeddings, turned a little
 * so that names come to lie by what they name, and how likely one that is so near is meant.
 * Immutable, thread-safe, and the same to the bit everywhere.
 *
 * <p>What turns them is a residual of low rank, as adapters are (Houlsby et al.,
 * Parameter-Efficient Transfer Learning for NLP, 2019), trained by contrast (van den Oord, Li and
 * Vinyals, Representation Learning with Contrastive Predictive Coding, 2018); how likely is
 * logistic regression. {@code scripts/train-fusion} trains both on the development wording.
 */
final class ContentModel {
  static final int DIMENSIONS = SoftmaxLayer.DIMENSIONS;
  static final int RANK = 64;

  private static final ModelFile FILE = new ModelFile("contents.model", 0x53434d31); // "SCM1"

  private final double scale;
  private final byte[] into;
  private final byte[] back;
  private final Likelihood likelihood;
  private final float[] down;
  private final float[] up;

  /**
   * The weights of how near the nearest picture is, of how much nearer it is than the next, and of
   * neither.
   */
  record Likelihood(double near, double nearer, double bias) {
    double of(double nearest, double margin) {
      return 1 / (1 + StrictMath.exp(-(near * nearest + nearer * margin + bias)));
    }
  }

  /**
   * @param scale of each weight
   * @param into dimension by dimension, to each of the rank
   * @param back from each of the rank, to each dimension
   */
  ContentModel(double scale, byte[] into, byte[] back, Likelihood likelihood) {
    if (into.length != DIMENSIONS * RANK || back.length != into.length) {
      throw new IllegalArgumentException(
          "%d and %d weights (expected: %d)"
              .formatted(into.length, back.length, DIMENSIONS * RANK));
    }
    this.scale = scale;
    this.into = into.clone();
    this.back = back.clone();
    this.likelihood = likelihood;
    this.down = scaled(into);
    this.up = scaled(back);
  }

  private float[] scaled(byte[] weights) {
    float[] scaled = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      scaled[i] = (float) (weights[i] * scale);
    }
    return scaled;
  }

  /** The one that ships; blocks. */
  static ContentModel shipped() {
    return FILE.shipped(ContentModel::readWeights);
  }

  static ContentModel read(InputStream from) throws IOException {
    return FILE.read(from, ContentModel::readWeights);
  }

  private static ContentModel readWeights(DataInputStream in) throws IOException {
    Likelihood likelihood = new Likelihood(in.readDouble(), in.readDouble(), in.readDouble());
    double scale = in.readDouble();
    byte[] into = new byte[DIMENSIONS * RANK];
    in.readFully(into);
    byte[] back = new byte[DIMENSIONS * RANK];
    in.readFully(back);
    return new ContentModel(scale, into, back, likelihood);
  }

  void write(OutputStream to) throws IOException {
    FILE.write(to, this::writeWeights);
  }

  private void writeWeights(DataOutputStream out) throws IOException {
    out.writeDouble(likelihood.near());
    out.writeDouble(likelihood.nearer());
    out.writeDouble(likelihood.bias());
    out.writeDouble(scale);
    out.write(into);
    out.write(back);
  }

  Likelihood likelihood() {
    return likelihood;
  }

  /** An embedding, turned; of length 1. */
  float[] turned(float[] vector) {
    // Each sum is made in one order, so that it is the same everywhere.
    float[] inner = new float[RANK];
    for (int i = 0; i < DIMENSIONS; i++) {
      for (int j = 0; j < RANK; j++) {
        inner[j] += vector[i] * down[i * RANK + j];
      }
    }
    float[] turned = vector.clone();
    for (int j = 0; j < RANK; j++) {
      for (int i = 0; i < DIMENSIONS; i++) {
        turned[i] += inner[j] * up[j * DIMENSIONS + i];
      }
    }
    double squares = 0;
    for (float value : turned) {
      squares += (double) value * value;
    }
    float length = (float) Math.sqrt(squares);
    for (int i = 0; i < DIMENSIONS; i++) {
      turned[i] /= length;
    }
    return turned;
  }
}
