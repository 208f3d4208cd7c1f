package dev.starling.fusion.core;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * The embedding model that ships with nodes, all-MiniLM-L6-v2, quantised: one text at a time, the
 * tokens' vectors averaged and made as long as 1. Confined to one thread.
 */
final class MiniLm implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final HuggingFaceTokenizer tokenizer;
  private final OrtSession session;

  MiniLm() throws IOException, OrtException {
    try (InputStream words = resource("all-minilm-l6-v2-q-tokenizer.json");
        InputStream model = resource("all-minilm-l6-v2-q.onnx")) {
      tokenizer =
          HuggingFaceTokenizer.newInstance(
              words, Map.of("padding", "false", "truncation", "true", "maxLength", "256"));
      OrtSession.SessionOptions options = new OrtSession.SessionOptions();
      options.setIntraOpNumThreads(1);
      session = environment.createSession(model.readAllBytes(), options);
    }
  }

  private static InputStream resource(String name) {
    return MiniLm.class.getClassLoader().getResourceAsStream(name);
  }

  float[] embed(String text) {
    Encoding encoding = tokenizer.encode(text);
    try (OnnxTensor ids = tensor(encoding.getIds());
        OnnxTensor mask = tensor(encoding.getAttentionMask());
        OnnxTensor types = tensor(encoding.getTypeIds());
        OrtSession.Result result =
            session.run(
                Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", types))) {
      float[][] tokens = ((float[][][]) result.get(0).getValue())[0];
      float[] mean = new float[tokens[0].length];
      for (float[] token : tokens) {
        for (int i = 0; i < mean.length; i++) {
          mean[i] += token[i];
        }
      }
      double squares = 0;
      for (float value : mean) {
        squares += (double) value * value;
      }
      for (int i = 0; i < mean.length; i++) {
        mean[i] = (float) (mean[i] / Math.sqrt(squares));
      }
      return mean;
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private OnnxTensor tensor(long[] row) throws OrtException {
    return OnnxTensor.createTensor(environment, new long[][] {row});
  }

  @Override
  public void close() throws OrtException {
    session.close();
    tokenizer.close();
  }
}
