package dev.starling.inference;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Embeddings of all-MiniLM-L6-v2 (quantised) as one would compute them without this module: what it
 * is compared with. Thread-safe.
 */
public final class PlainEmbeddings implements AutoCloseable {
  public static final int MAX_TOKENS = 256;

  private static final String MODEL = "/all-minilm-l6-v2-q.onnx";
  private static final String TOKENIZER = "/all-minilm-l6-v2-q-tokenizer.json";

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final HuggingFaceTokenizer tokenizer;

  /**
   * @param threads inside the session
   */
  public PlainEmbeddings(int threads) throws IOException, OrtException {
    try (InputStream model = resource(MODEL);
        InputStream json = resource(TOKENIZER);
        OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      session = environment.createSession(model.readAllBytes(), options);
      String most = String.valueOf(MAX_TOKENS);
      tokenizer =
          HuggingFaceTokenizer.newInstance(
              json,
              Map.of(
                  "padding",
                  "true",
                  "truncation",
                  "true",
                  "maxLength",
                  most,
                  "modelMaxLength",
                  most));
    }
  }

  /** Puts the model's files into a version's directory. */
  public static Path copyTo(Path directory) throws IOException {
    Files.createDirectories(directory);
    try (InputStream model = resource(MODEL);
        InputStream json = resource(TOKENIZER)) {
      Files.copy(model, directory.resolve("model.onnx"));
      Files.copy(json, directory.resolve("tokenizer.json"));
    }
    return directory;
  }

  /** Runs the texts as one batch; vectors have length 1. */
  public float[][] embed(List<String> texts) throws OrtException {
    Encoding[] encodings = tokenizer.batchEncode(texts);
    long[][] ids = new long[encodings.length][];
    long[][] mask = new long[encodings.length][];
    long[][] types = new long[encodings.length][];
    for (int i = 0; i < encodings.length; i++) {
      ids[i] = encodings[i].getIds();
      mask[i] = encodings[i].getAttentionMask();
      types[i] = encodings[i].getTypeIds();
    }
    try (OnnxTensor idTensor = OnnxTensor.createTensor(environment, ids);
        OnnxTensor maskTensor = OnnxTensor.createTensor(environment, mask);
        OnnxTensor typeTensor = OnnxTensor.createTensor(environment, types);
        OrtSession.Result result =
            session.run(
                Map.of(
                    "input_ids", idTensor,
                    "attention_mask", maskTensor,
                    "token_type_ids", typeTensor))) {
      return pooled((float[][][]) result.get(0).getValue(), mask);
    }
  }

  @Override
  public void close() throws OrtException {
    tokenizer.close();
    session.close();
  }

  private static float[][] pooled(float[][][] tokens, long[][] mask) {
    float[][] vectors = new float[tokens.length][];
    for (int row = 0; row < tokens.length; row++) {
      double[] sum = new double[tokens[row][0].length];
      for (int token = 0; token < tokens[row].length; token++) {
        for (int i = 0; i < sum.length; i++) {
          sum[i] += mask[row][token] * tokens[row][token][i];
        }
      }
      double squares = 0;
      for (double value : sum) {
        squares += value * value;
      }
      // The count of tokens is left out: the length is made 1 anyway.
      vectors[row] = new float[sum.length];
      for (int i = 0; i < sum.length; i++) {
        vectors[row][i] = (float) (sum[i] / Math.sqrt(squares));
      }
    }
    return vectors;
  }

  private static InputStream resource(String name) throws IOException {
    InputStream in = PlainEmbeddings.class.getResourceAsStream(name);
    if (in == null) {
      throw new IOException(name + " is not on the classpath");
    }
    return in;
  }
}
