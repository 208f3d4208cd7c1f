package dev.starling.inferencejobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.Tensor;
import dev.starling.sdk.Json;
import dev.starling.sdk.TensorJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.UUID;

/**
 * Writes a model's answer as {@link ResultView} describes it, and no more than may be stored.
 * Without state.
 */
final class ResultJson {
  /** What fits into a message of the bus, with the rest of it. */
  static final int MAX_BYTES = 256 * 1024;

  private ResultJson() {}

  /** The end of a job whose model has answered. */
  static JobEnd end(UUID job, String model, Inferred inferred) {
    Bounded bytes = new Bounded();
    try (JsonGenerator out = Json.MAPPER.createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringField("model_name", model);
      out.writeStringField("model_version", inferred.version());
      out.writeStringField("id", job.toString());
      out.writeArrayFieldStart("outputs");
      for (Tensor output : inferred.outputs()) {
        write(output, out);
      }
      out.writeEndArray();
      out.writeEndObject();
    } catch (TooLarge e) {
      return JobEnd.failed(
          "result-too-large",
          "the result is too large for a job (expected: at most %d bytes of JSON)"
              .formatted(MAX_BYTES));
    } catch (IllegalArgumentException e) {
      return JobEnd.failed("result-unusable", String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException("nothing is written to anywhere", e);
    }
    return JobEnd.succeeded(bytes.kept.toString(UTF_8));
  }

  private static void write(Tensor output, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("name", output.name());
    out.writeArrayFieldStart("shape");
    for (long length : output.shape()) {
      out.writeNumber(length);
    }
    out.writeEndArray();
    out.writeStringField("datatype", output.type().name());
    out.writeFieldName("data");
    TensorJson.writeData(output, out);
    out.writeEndObject();
  }

  private static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** Ends the writing before more is kept in memory than can be stored. */
  private static final class Bounded extends OutputStream {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (kept.size() + length > MAX_BYTES) {
        throw new TooLarge();
      }
      kept.write(bytes, offset, length);
    }
  }
}
