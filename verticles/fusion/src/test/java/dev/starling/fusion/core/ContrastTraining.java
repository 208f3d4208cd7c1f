package dev.starling.fusion.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Trains what turns embeddings: of each batch, a name is to be nearer to its own picture than to
 * all others, and the other way round (InfoNCE), by Adam (Kingma and Ba, Adam: A Method for
 * Stochastic Optimization, 2015). Deterministic. Confined to one thread.
 */
final class ContrastTraining {
  private static final int EPOCHS = 8;
  private static final int BATCH = 32;
  private static final double RATE = 1e-3;
  private static final double PENALTY = 1e-4;

  /** By which cosines are multiplied. */
  private static final double SHARPNESS = 20;

  private static final int SIZE = ContentModel.DIMENSIONS;
  private static final int RANK = ContentModel.RANK;

  private final Random random = new Random(41);
  private final Adam into = new Adam(SIZE * RANK);
  private final Adam back = new Adam(RANK * SIZE);

  /**
   * A name and what it names.
   *
   * @param shown of which one is taken at a time
   * @param group of those that are too much alike to be told apart
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Pair(float[] name, List<float[]> shown, String group) {}

  private ContrastTraining() {
    for (int i = 0; i < into.weights.length; i++) {
      into.weights[i] = random.nextGaussian() / Math.sqrt(SIZE);
    }
  }

  static ContrastTraining train(List<Pair> pairs) {
    ContrastTraining training = new ContrastTraining();
    List<Pair> order = new ArrayList<>(pairs);
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      Collections.shuffle(order, training.random);
      for (int from = 0; from + BATCH <= order.size(); from += BATCH) {
        training.learn(order.subList(from, from + BATCH));
      }
    }
    return training;
  }

  /** With weights as bytes. */
  ContentModel model(ContentModel.Likelihood likelihood) {
    double most = 0;
    for (int i = 0; i < into.weights.length; i++) {
      most = Math.max(most, Math.max(Math.abs(into.weights[i]), Math.abs(back.weights[i])));
    }
    double scale = most / 127;
    return new ContentModel(
        scale, bytes(into.weights, scale), bytes(back.weights, scale), likelihood);
  }

  private static byte[] bytes(double[] weights, double scale) {
    byte[] bytes = new byte[weights.length];
    for (int i = 0; i < weights.length; i++) {
      bytes[i] = (byte) Math.round(weights[i] / scale);
    }
    return bytes;
  }

  /** One embedding on its way through. */
  private final class Turned {
    final float[] vector;
    final double[] inner = new double[RANK];
    final double[] unit = new double[SIZE];
    final double[] gradient = new double[SIZE];
    final double length;

    Turned(float[] vector) {
      this.vector = vector;
      for (int i = 0; i < SIZE; i++) {
        for (int j = 0; j < RANK; j++) {
          inner[j] += vector[i] * into.weights[i * RANK + j];
        }
      }
      double squares = 0;
      for (int i = 0; i < SIZE; i++) {
        unit[i] = vector[i];
      }
      for (int j = 0; j < RANK; j++) {
        for (int i = 0; i < SIZE; i++) {
          unit[i] += inner[j] * back.weights[j * SIZE + i];
        }
      }
      for (double value : unit) {
        squares += value * value;
      }
      length = Math.sqrt(squares);
      for (int i = 0; i < SIZE; i++) {
        unit[i] /= length;
      }
    }

    void add(double by, Turned other) {
      for (int i = 0; i < SIZE; i++) {
        gradient[i] += by * other.unit[i];
      }
    }

    /** To both matrices. */
    void propagate() {
      double along = 0;
      for (int i = 0; i < SIZE; i++) {
        along += gradient[i] * unit[i];
      }
      double[] outer = new double[SIZE];
      for (int i = 0; i < SIZE; i++) {
        outer[i] = (gradient[i] - unit[i] * along) / length;
      }
      for (int j = 0; j < RANK; j++) {
        double inside = 0;
        for (int i = 0; i < SIZE; i++) {
          back.gradient[j * SIZE + i] += inner[j] * outer[i];
          inside += outer[i] * back.weights[j * SIZE + i];
        }
        for (int i = 0; i < SIZE; i++) {
          into.gradient[i * RANK + j] += vector[i] * inside;
        }
      }
    }
  }

  private void learn(List<Pair> batch) {
    int size = batch.size();
    List<Turned> names = new ArrayList<>(size);
    List<Turned> shown = new ArrayList<>(size);
    for (Pair pair : batch) {
      names.add(new Turned(pair.name));
      shown.add(new Turned(pair.shown.get(random.nextInt(pair.shown.size()))));
    }
    double[][] sums = new double[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        boolean alike = i != j && batch.get(i).group.equals(batch.get(j).group);
        sums[i][j] = alike ? -1e9 : SHARPNESS * cosine(names.get(i), shown.get(j));
      }
    }
    for (int i = 0; i < size; i++) {
      double[] across = Softmax.of(sums[i]);
      double[] column = new double[size];
      for (int j = 0; j < size; j++) {
        column[j] = sums[j][i];
      }
      double[] down = Softmax.of(column);
      for (int j = 0; j < size; j++) {
        double right = i == j ? 1 : 0;
        push(names.get(i), shown.get(j), (across[j] - right) * SHARPNESS / 2 / size);
        push(names.get(j), shown.get(i), (down[j] - right) * SHARPNESS / 2 / size);
      }
    }
    names.forEach(Turned::propagate);
    shown.forEach(Turned::propagate);
    into.step();
    back.step();
  }

  private static void push(Turned name, Turned shown, double by) {
    name.add(by, shown);
    shown.add(by, name);
  }

  private static double cosine(Turned one, Turned other) {
    double sum = 0;
    for (int i = 0; i < SIZE; i++) {
      sum += one.unit[i] * other.unit[i];
    }
    return sum;
  }

  /** Weights, and how they are moved. */
  private static final class Adam {
    private static final double FIRST = 0.9;
    private static final double SECOND = 0.999;

    final double[] weights;
    final double[] gradient;
    private final double[] mean;
    private final double[] squares;
    private int steps;

    Adam(int size) {
      weights = new double[size];
      gradient = new double[size];
      mean = new double[size];
      squares = new double[size];
    }

    void step() {
      steps++;
      double first = 1 - Math.pow(FIRST, steps);
      double second = 1 - Math.pow(SECOND, steps);
      for (int i = 0; i < weights.length; i++) {
        double slope = gradient[i] + PENALTY * weights[i];
        mean[i] = FIRST * mean[i] + (1 - FIRST) * slope;
        squares[i] = SECOND * squares[i] + (1 - SECOND) * slope * slope;
        weights[i] -= RATE * (mean[i] / first) / (Math.sqrt(squares[i] / second) + 1e-8);
        gradient[i] = 0;
      }
    }
  }
}
