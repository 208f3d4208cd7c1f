package dev.starling.risk.training;

/**
 * Logistic regression by gradient descent on standardised features: what trees must be better than.
 * Immutable.
 */
final class LinearBaseline {
  private static final int STEPS = 200;
  private static final double RATE = 1;

  private final double[] means;
  private final double[] deviations;
  private final double[] weights;

  private LinearBaseline(double[] means, double[] deviations, double[] weights) {
    this.means = means;
    this.deviations = deviations;
    this.weights = weights;
  }

  static LinearBaseline train(float[][] rows, boolean[] risky) {
    int features = rows[0].length;
    double[] means = new double[features];
    double[] deviations = new double[features];
    for (int feature = 0; feature < features; feature++) {
      double sum = 0;
      double squares = 0;
      for (float[] row : rows) {
        sum += row[feature];
        squares += (double) row[feature] * row[feature];
      }
      means[feature] = sum / rows.length;
      double variance = squares / rows.length - means[feature] * means[feature];
      deviations[feature] = variance > 0 ? StrictMath.sqrt(variance) : 1;
    }
    // The last weight is the constant.
    LinearBaseline model = new LinearBaseline(means, deviations, new double[features + 1]);
    for (int step = 0; step < STEPS; step++) {
      model.descend(rows, risky);
    }
    return model;
  }

  private void descend(float[][] rows, boolean[] risky) {
    int features = means.length;
    double[] gradient = new double[weights.length];
    for (int i = 0; i < rows.length; i++) {
      double error = Logistic.of(logit(rows[i])) - (risky[i] ? 1 : 0);
      for (int feature = 0; feature < features; feature++) {
        gradient[feature] += error * standard(rows[i], feature);
      }
      gradient[features] += error;
    }
    for (int feature = 0; feature < weights.length; feature++) {
      weights[feature] -= RATE * gradient[feature] / rows.length;
    }
  }

  double logit(float[] row) {
    double logit = weights[means.length];
    for (int feature = 0; feature < means.length; feature++) {
      logit += weights[feature] * standard(row, feature);
    }
    return logit;
  }

  private double standard(float[] row, int feature) {
    return (row[feature] - means[feature]) / deviations[feature];
  }
}
