package dev.starling.imagefeatures;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.bus.CallContext;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import dev.starling.contract.inference.Tensor;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A small encoder pair behind the contract of inference: a picture's vector is the mean of each of
 * its planes, a word's is the colour that it names. It takes no other words.
 */
final class ColourPair extends ServiceVerticle {
  static final String IMAGE = "colour-image";
  static final String TEXT = "colour-text";

  /** The shapes of what came. */
  final List<List<Long>> shapes = new ArrayList<>();

  @Override
  public String name() {
    return "colour-pair";
  }

  @Override
  protected Future<?> open() {
    return Future.all(
        serve(InferenceContract.infer(IMAGE), this::image),
        serve(InferenceContract.infer(TEXT), this::text));
  }

  private Future<Inference> image(Infer request, CallContext call) {
    Tensor pixels = request.inputs().get(0);
    shapes.add(pixels.shape());
    ByteBuffer data = ByteBuffer.wrap(pixels.data()).order(ByteOrder.LITTLE_ENDIAN);
    int plane = pixels.data().length / Float.BYTES / 3;
    float[] means = new float[3];
    for (int channel = 0; channel < 3; channel++) {
      double sum = 0;
      for (int i = 0; i < plane; i++) {
        sum += data.getFloat();
      }
      means[channel] = (float) (sum / plane);
    }
    return answer("image_embeds", means);
  }

  private Future<Inference> text(Infer request, CallContext call) {
    byte[] data = request.inputs().get(0).data();
    return switch (new String(data, 4, data.length - 4, UTF_8)) {
      case "red" -> answer("text_embeds", 9, -9, -9);
      case "green" -> answer("text_embeds", -9, 9, -9);
      case "nothing" -> answer("text_embeds", 0, 0, 0);
      default -> Future.succeededFuture(new Refused(Reason.INVALID, "text: no colour"));
    };
  }

  private static Future<Inference> answer(String output, float... values) {
    ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      data.putFloat(value);
    }
    return Future.succeededFuture(
        new Inferred(
            "1",
            List.of(
                new Tensor(
                    output, DataType.FP32, List.of(1L, (long) values.length), data.array()))));
  }
}
