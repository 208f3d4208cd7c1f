package dev.starling.textfeatures;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.features.TextFeaturesContract.Embedded;
import dev.starling.contract.features.TextFeaturesContract.TextFeatures;
import dev.starling.contract.features.TextFeaturesContract.TextRefused;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import dev.starling.contract.inference.Tensor;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Asks the model that makes vectors of texts: input {@code text}, output {@code embedding}.
 * Confined to the context of its bus.
 */
final class EmbeddingModel {
  private static final String INPUT = "text";
  private static final String OUTPUT = "embedding";

  /** FP32 has 24 bits: rounding each of some thousand numbers keeps a length of 1 within this. */
  private static final double ROUNDING = 1e-5;

  private final Bus bus;
  private final String name;

  EmbeddingModel(Bus bus, String name) {
    this.bus = bus;
    this.name = name;
  }

  /** How vectors of this version are marked. */
  String marked(String version) {
    return name + "/" + version;
  }

  /** Makes a vector of one text; fails with a {@link BusException}. */
  Future<TextFeatures> embed(String text, CallContext call) {
    return bus.call(
            InferenceContract.infer(name),
            new Infer("", List.of(tensor(text)), List.of(OUTPUT)),
            call.withSafeToRetry(true))
        .map(this::read);
  }

  /** One text: its length in four bytes, little-endian, and its UTF-8. */
  private static Tensor tensor(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    byte[] data =
        ByteBuffer.allocate(Integer.BYTES + bytes.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(bytes.length)
            .put(bytes)
            .array();
    return new Tensor(INPUT, DataType.BYTES, List.of(1L), data);
  }

  private TextFeatures read(Inference answer) {
    if (answer instanceof Refused refused) {
      if (refused.reason() == Reason.INVALID) {
        return new TextRefused("text: " + name + " does not take it: " + refused.detail());
      }
      // No node has it (any more): as if it had not been found.
      throw new BusException(ErrorCode.UNAVAILABLE, name + ": " + refused.detail());
    }
    Inferred inferred = (Inferred) answer;
    return new Embedded(marked(inferred.version()), ofLengthOne(vector(inferred)));
  }

  private float[] vector(Inferred inferred) {
    Tensor output =
        inferred.outputs().stream()
            .filter(one -> one.name().equals(OUTPUT) && one.type() == DataType.FP32)
            .findFirst()
            .orElseThrow(() -> unfit("gives no " + OUTPUT + " of FP32"));
    int length = output.data().length / Float.BYTES;
    if (length == 0 || !output.shape().equals(List.of(1L, (long) length))) {
      throw unfit(OUTPUT + ": " + output.shape() + " (expected: [1, n])");
    }
    float[] vector = new float[length];
    ByteBuffer.wrap(output.data()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
    return vector;
  }

  /** The vector itself when the model makes it so, to the bit. */
  private float[] ofLengthOne(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    double length = Math.sqrt(squares);
    if (!(length > 0) || Double.isInfinite(length)) {
      throw unfit(OUTPUT + ": a vector of length " + length + " (expected: > 0, finite)");
    }
    if (Math.abs(length - 1) > ROUNDING) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] = (float) (vector[i] / length);
      }
    }
    return vector;
  }

  private BusException unfit(String what) {
    return new BusException(ErrorCode.INTERNAL, name + ": " + what);
  }
}
