package dev.starling.bench.inference;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Requests of the Open Inference Protocol for the risk model. The same seed makes the same ones.
 */
record RiskRequests(String model, int rows, int width, long seed) {
  private static final int COUNT = 2_000;

  /** How tensors are sent. */
  enum Form {
    JSON,
    BINARY
  }

  Requests write(Path file, Form form, int port, String token) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    return Requests.write(
        file,
        IntStream.range(0, COUNT)
            .mapToObj(i -> request(form, port, token, features(random)))
            .toList());
  }

  /** Values of some rows. */
  float[] features(SplittableRandom random) {
    float[] values = new float[rows * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble();
    }
    return values;
  }

  /** The bytes of a tensor. */
  static byte[] bytes(float[] values) {
    ByteBuffer data =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      data.putFloat(value);
    }
    return data.array();
  }

  private Buffer request(Form form, int port, String token, float[] values) {
    String path = "/v2/models/" + model + "/infer";
    String input =
        "{\"name\":\"features\",\"datatype\":\"FP32\",\"shape\":[%d,%d],".formatted(rows, width);
    if (form == Form.JSON) {
      String data =
          IntStream.range(0, values.length)
              .mapToObj(i -> String.format(Locale.ROOT, "%.4f", values[i]))
              .collect(Collectors.joining(","));
      return Requests.postJson(
          port, path, token, "{\"inputs\":[" + input + "\"data\":[" + data + "]}]}");
    }
    byte[] tensor = bytes(values);
    String head =
        "{\"inputs\":["
            + input
            + "\"parameters\":{\"binary_data_size\":"
            + tensor.length
            + "}}],\"outputs\":[{\"name\":\"probability\",\"parameters\":{\"binary_data\":true}}]}";
    byte[] json = head.getBytes(StandardCharsets.UTF_8);
    return Requests.post(
        port,
        path,
        token,
        "content-type: application/octet-stream\r\ninference-header-content-length: "
            + json.length
            + "\r\n",
        Buffer.buffer(json).appendBytes(tensor));
  }
}
