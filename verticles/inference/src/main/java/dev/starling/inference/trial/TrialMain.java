package dev.starling.inference.trial;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The child's {@code main}: loads a model and runs it, and says on standard output how far it came.
 *
 * <p>Arguments: the file, then the name and the shape ({@code 1,4}, or nothing for a scalar) of
 * each input. It uses nothing but ONNX Runtime, so that it starts fast.
 */
public final class TrialMain {
  private TrialMain() {}

  public static void main(String[] arguments) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    try {
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "trial");
      out.println("{\"phase\":\"loading\"}");
      try (SessionOptions options = options();
          OrtSession session = environment.createSession(arguments[0], options)) {
        out.println("{\"phase\":\"running\"}");
        Rehearsal rehearsal = new Rehearsal(environment, session, shapes(arguments));
        out.println(rehearsal.run());
      }
    } catch (Exception | OutOfMemoryError | StackOverflowError e) {
      out.println(Rehearsal.failed(e));
    }
    // Whatever else the file has made run ends here.
    Runtime.getRuntime().halt(0);
  }

  /** Those of the node but for what it does not do at the same time: one thread. */
  private static SessionOptions options() throws Exception {
    SessionOptions options = new SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    return options;
  }

  private static Map<String, long[]> shapes(String[] arguments) {
    Map<String, long[]> shapes = new HashMap<>();
    for (int i = 1; i + 1 < arguments.length; i += 2) {
      String[] lengths = arguments[i + 1].isEmpty() ? new String[0] : arguments[i + 1].split(",");
      long[] shape = new long[lengths.length];
      for (int d = 0; d < shape.length; d++) {
        shape[d] = Long.parseLong(lengths[d]);
      }
      shapes.put(arguments[i], shape);
    }
    return shapes;
  }
}
