package dev.starling.risk;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.Tensor;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/** The model that the module ships, run as a node would. */
public final class OrderRiskModel implements Bus.Responder<Infer, Inference>, AutoCloseable {
  private final OrtSession session;

  public OrderRiskModel(byte[] model) {
    try {
      session = OrtEnvironment.getEnvironment().createSession(model);
    } catch (OrtException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The file that the build put on the class path. */
  public static byte[] shipped() throws IOException {
    try (InputStream file =
        OrderRiskModel.class.getResourceAsStream(
            "/META-INF/starling/models/order-risk/1/model.onnx")) {
      return file.readAllBytes();
    }
  }

  /** A probability for each row. */
  public float[] run(float[][] rows) {
    try (OnnxTensor input = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), rows);
        OrtSession.Result result = session.run(Map.of("features", input))) {
      FloatBuffer scores = ((OnnxTensor) result.get("probability").orElseThrow()).getFloatBuffer();
      float[] all = new float[scores.remaining()];
      scores.get(all);
      return all;
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Future<Inference> respond(Infer request, CallContext context) {
    Tensor input = request.inputs().get(0);
    int width = input.shape().get(1).intValue();
    float[][] rows = new float[input.shape().get(0).intValue()][width];
    ByteBuffer data = ByteBuffer.wrap(input.data()).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : rows) {
      for (int i = 0; i < width; i++) {
        row[i] = data.getFloat();
      }
    }
    float[] scores = run(rows);
    ByteBuffer output =
        ByteBuffer.allocate(scores.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float score : scores) {
      output.putFloat(score);
    }
    return Future.succeededFuture(
        new Inferred(
            "1",
            List.of(
                new Tensor(
                    "probability",
                    DataType.FP32,
                    List.of((long) scores.length, 1L),
                    output.array()))));
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
