package dev.starling.inference.engine;

import dev.starling.contract.inference.Tensor;
import java.util.List;

/** A model with the steps around it, and a worker's memory for its inputs. One thread at a time. */
interface Graph {

  /**
   * Runs them as one batch: the first dimension of the inputs is that of all of them together.
   *
   * @param batch one, when it is whole
   * @return all outputs, in the model's order; not checked for having as many rows
   */
  List<Tensor> run(List<Rows> batch) throws RunException;

  /** How many tokens the last run had only so that its rows were equally long. */
  default int padding() {
    return 0;
  }
}
