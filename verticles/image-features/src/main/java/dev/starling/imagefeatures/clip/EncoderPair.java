package dev.starling.imagefeatures.clip;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
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
 * Asks the two models of a pair: the image encoder takes {@code pixel_values} and gives {@code
 * image_embeds}; the text encoder takes {@code text}, which the pipeline of its model makes {@code
 * input_ids} (and {@code attention_mask}) of with the model's own tokenizer, and gives {@code
 * text_embeds}. One row at a time. Confined to the context of its bus.
 */
public final class EncoderPair {
  private static final String TEXT = "text";
  private static final String IMAGE_OUTPUT = "image_embeds";
  private static final String TEXT_OUTPUT = "text_embeds";

  private final Bus bus;
  private final String imageModel;
  private final String textModel;

  public EncoderPair(Bus bus, String imageModel, String textModel) {
    this.bus = bus;
    this.imageModel = imageModel;
    this.textModel = textModel;
  }

  /**
   * A vector of length 1; fails with a {@link BusException}.
   *
   * @param pixels as {@link ClipInput} makes them
   */
  public Future<float[]> image(Tensor pixels, CallContext call) {
    return ask(imageModel, pixels, IMAGE_OUTPUT, call);
  }

  /** Likewise of words; {@code INVALID_ARGUMENT} when the model does not take them. */
  public Future<float[]> text(String words, CallContext call) {
    byte[] bytes = words.getBytes(UTF_8);
    byte[] data =
        ByteBuffer.allocate(Integer.BYTES + bytes.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(bytes.length)
            .put(bytes)
            .array();
    return ask(textModel, new Tensor(TEXT, DataType.BYTES, List.of(1L), data), TEXT_OUTPUT, call);
  }

  private Future<float[]> ask(String model, Tensor input, String output, CallContext call) {
    return bus.call(
            InferenceContract.infer(model),
            new Infer("", List.of(input), List.of(output)),
            call.withSafeToRetry(true))
        .map(answer -> ofLengthOne(model, output, vector(model, output, answer)));
  }

  private static float[] vector(String model, String output, Inference answer) {
    if (answer instanceof Refused refused) {
      throw new BusException(
          refused.reason() == Reason.INVALID ? ErrorCode.INVALID_ARGUMENT : ErrorCode.UNAVAILABLE,
          model + ": " + refused.detail());
    }
    Tensor found =
        ((Inferred) answer)
            .outputs().stream()
                .filter(one -> one.name().equals(output) && one.type() == DataType.FP32)
                .findFirst()
                .orElseThrow(() -> unfit(model, "gives no " + output + " of FP32"));
    int length = found.data().length / Float.BYTES;
    if (length == 0 || !found.shape().equals(List.of(1L, (long) length))) {
      throw unfit(model, output + ": " + found.shape() + " (expected: [1, n])");
    }
    float[] vector = new float[length];
    ByteBuffer.wrap(found.data()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
    return vector;
  }

  private static float[] ofLengthOne(String model, String output, float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    double length = Math.sqrt(squares);
    if (!(length > 0) || Double.isInfinite(length)) {
      throw unfit(model, output + ": a vector of length " + length + " (expected: > 0, finite)");
    }
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] / length);
    }
    return vector;
  }

  private static BusException unfit(String model, String what) {
    return new BusException(ErrorCode.INTERNAL, model + ": " + what);
  }
}
