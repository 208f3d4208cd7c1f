package dev.starling.openinference;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.starling.contract.inference.Tensor;
import dev.starling.sdk.TensorJson;
import java.io.IOException;

/** Writes a tensor's elements as JSON, in one flat list. */
final class TensorWriter {
  private TensorWriter() {}

  /**
   * @throws Unusable for elements that JSON has no words for, which a client can ask for as binary
   */
  static void write(Tensor tensor, JsonGenerator json) throws IOException {
    try {
      TensorJson.writeData(tensor, json);
    } catch (IllegalArgumentException e) {
      throw new Unusable("output " + e.getMessage() + "; binary_data true gives its bytes");
    }
  }
}
