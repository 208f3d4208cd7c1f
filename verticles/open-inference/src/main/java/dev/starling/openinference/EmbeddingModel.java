package dev.starling.openinference;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.ModelContract.ModelRecord;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.contract.inference.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model that makes vectors of texts: how it is asked. Immutable.
 *
 * @param input takes texts
 * @param isColumn whether each text is a row of its own in {@code input}
 * @param output gives a vector for each
 * @param countsTokens whether it also tells how many tokens each text has
 */
record EmbeddingModel(String input, boolean isColumn, String output, boolean countsTokens) {
  /** An output of this name, INT32 with one number for each text, says how many tokens it has. */
  static final String TOKENS = "tokens";

  /** Outputs that are meant when there are several. */
  private static final Set<String> NAMES = Set.of("embedding", "embeddings", "sentence_embedding");

  static Parsed<EmbeddingModel> of(ModelRecord model) {
    TensorRecord input = model.inputs().size() == 1 ? model.inputs().get(0) : null;
    TensorRecord output = output(model.outputs());
    if (input == null
        || input.type() != DataType.BYTES
        || input.shape().isEmpty()
        || input.shape().size() > 2
        || output == null) {
      return new Parsed.Bad<>(
          "model: "
              + model.name()
              + " takes "
              + shown(model.inputs())
              + " and gives "
              + shown(model.outputs())
              + " (expected: one BYTES input of texts and an FP32 output of a vector for each)");
    }
    boolean tokens =
        model.outputs().stream()
            .anyMatch(other -> other.name().equals(TOKENS) && other.type() == DataType.INT32);
    return new Parsed.Good<>(
        new EmbeddingModel(input.name(), input.shape().size() == 2, output.name(), tokens));
  }

  private static @Nullable TensorRecord output(List<TensorRecord> outputs) {
    List<TensorRecord> vectors =
        outputs.stream()
            .filter(output -> output.type() == DataType.FP32 && output.shape().size() == 2)
            .toList();
    return vectors.stream()
        .filter(output -> NAMES.contains(output.name()))
        .findFirst()
        .orElse(vectors.size() == 1 ? vectors.get(0) : null);
  }

  private static String shown(List<TensorRecord> tensors) {
    return tensors.stream()
        .map(tensor -> tensor.name() + " " + tensor.type() + tensor.shape())
        .toList()
        .toString();
  }

  Infer request(List<byte[]> texts) {
    int length = 0;
    for (byte[] text : texts) {
      length += Integer.BYTES + text.length;
    }
    ByteBuffer data = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    for (byte[] text : texts) {
      data.putInt(text.length).put(text);
    }
    long rows = texts.size();
    Tensor tensor =
        new Tensor(
            input, DataType.BYTES, isColumn ? List.of(rows, 1L) : List.of(rows), data.array());
    List<String> outputs = new ArrayList<>(List.of(output));
    if (countsTokens) {
      outputs.add(TOKENS);
    }
    return new Infer("", List.of(tensor), outputs);
  }
}
