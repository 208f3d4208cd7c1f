package dev.starling.openinference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmbeddingsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void toJson_twoParts_isOpenAisListInTheirOrder() {
    Embeddings embeddings =
        new Embeddings(List.of(vectors(2, 0.5f, -0.25f, 1e-7f, 3f), vectors(1, 0f, -1f)), 2, 7);
    assertThat(new String(embeddings.toJson("m", false), UTF_8))
        .isEqualTo(
            "{\"object\":\"list\",\"data\":["
                + "{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.5,-0.25]},"
                + "{\"object\":\"embedding\",\"index\":1,\"embedding\":[1.0E-7,3.0]},"
                + "{\"object\":\"embedding\",\"index\":2,\"embedding\":[0.0,-1.0]}],"
                + "\"model\":\"m\",\"usage\":{\"prompt_tokens\":7,\"total_tokens\":7}}");
  }

  @Test
  void toJson_base64_isTheFloatsBytes() throws Exception {
    Tensor vector = vectors(1, 0.5f, -0.25f);
    JsonNode answer = JSON.readTree(new Embeddings(List.of(vector), 2, -1).toJson("m", true));
    assertThat(Base64.getDecoder().decode(answer.at("/data/0/embedding").asText()))
        .isEqualTo(vector.data());
    assertThat(answer.has("usage")).isFalse();
  }

  @Test
  void toJson_vectorsThatTakeMoreThanIsTypical_areWhole() throws Exception {
    float[] longest = new float[1000];
    Arrays.fill(longest, -Float.MIN_NORMAL);
    JsonNode answer =
        JSON.readTree(new Embeddings(List.of(vectors(10, longest)), 100, 1).toJson("m", false));
    assertThat(answer.path("data")).hasSize(10);
    for (JsonNode vector : answer.path("data")) {
      assertThat(vector.path("embedding")).hasSize(100);
      assertThat(vector.at("/embedding/99").floatValue()).isEqualTo(-Float.MIN_NORMAL);
    }
  }

  @Test
  void toJson_nameWithQuotes_isEscaped() throws Exception {
    byte[] json = new Embeddings(List.of(vectors(1, 1f)), 1, 1).toJson("a\"b\\é", false);
    assertThat(JSON.readTree(json).path("model").asText()).isEqualTo("a\"b\\é");
  }

  @Test
  void toJson_vectorsWithoutNumbers_areEmptyLists() throws Exception {
    byte[] json = new Embeddings(List.of(vectors(2)), 0, 1).toJson("m", false);
    assertThat(JSON.readTree(json).path("data")).hasSize(2);
    assertThat(JSON.readTree(json).at("/data/1/embedding")).isEmpty();
  }

  @Test
  void toJson_whatJsonCannotSay_isAFailure() {
    Embeddings embeddings = new Embeddings(List.of(vectors(1, 1f, Float.NaN)), 2, 1);
    assertThatIllegalStateException()
        .isThrownBy(() -> embeddings.toJson("m", false))
        .withMessage("embedding: NaN (expected: finite)");
  }

  private static Tensor vectors(long rows, float... values) {
    ByteBuffer data = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      data.putFloat(value);
    }
    return new Tensor(
        "embedding", DataType.FP32, List.of(rows, values.length / rows), data.array());
  }
}
