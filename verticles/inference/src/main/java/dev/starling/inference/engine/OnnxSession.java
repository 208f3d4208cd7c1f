package dev.starling.inference.engine;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import ai.onnxruntime.TensorInfo;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.contract.inference.Tensor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * A graph in ONNX Runtime.
 *
 * <p>{@link #run} may be called by several threads at once. With one thread inside there is no
 * pool: the operators run on the caller's thread, so workers share a session and its weights.
 *
 * <p>Tensors are passed as they are on the wire: all platforms that ONNX Runtime's jar has are
 * little-endian.
 */
final class OnnxSession implements AutoCloseable {
  private final OrtSession session;
  private final List<TensorRecord> inputs;
  private final List<TensorRecord> outputs;

  private OnnxSession(OrtSession session, List<TensorRecord> inputs, List<TensorRecord> outputs) {
    this.session = session;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** Reads a model. It blocks. */
  static OnnxSession open(Path file, int threads) throws ModelException {
    OrtSession session;
    try (SessionOptions options = new SessionOptions()) {
      options.setExecutionMode(ExecutionMode.SEQUENTIAL);
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      // A thread that spins takes a core from the event loops.
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.addConfigEntry("session.inter_op.allow_spinning", "0");
      // It writes to stderr, once for each bad input; what matters comes as an exception.
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      session = environment().createSession(file.toString(), options);
    } catch (OrtException e) {
      throw new ModelException(file.getFileName() + ": " + e.getMessage(), e);
    } catch (LinkageError e) {
      throw new ModelException("ONNX Runtime cannot be loaded here: " + e.getMessage(), e);
    }
    try {
      return new OnnxSession(
          session,
          records("inputs", session.getInputInfo().values()),
          records("outputs", session.getOutputInfo().values()));
    } catch (OrtException e) {
      close(session);
      throw new ModelException(file.getFileName() + ": " + e.getMessage(), e);
    } catch (ModelException e) {
      close(session);
      throw e;
    }
  }

  static OrtEnvironment environment() {
    return OrtEnvironment.getEnvironment();
  }

  List<TensorRecord> inputs() {
    return inputs;
  }

  List<TensorRecord> outputs() {
    return outputs;
  }

  /** Runs once; the caller closes the inputs. */
  List<Tensor> run(Map<String, OnnxTensor> feeds) throws RunException {
    try (OrtSession.Result result = session.run(feeds)) {
      List<Tensor> tensors = new ArrayList<>(outputs.size());
      for (int i = 0; i < outputs.size(); i++) {
        tensors.add(tensor(outputs.get(i), result.get(i)));
      }
      return tensors;
    } catch (OrtException e) {
      throw new RunException(e.getMessage());
    }
  }

  @Override
  public void close() {
    close(session);
  }

  private static Tensor tensor(TensorRecord record, OnnxValue value) throws OrtException {
    OnnxTensor tensor = (OnnxTensor) value;
    List<Long> shape = Arrays.stream(tensor.getInfo().getShape()).boxed().toList();
    return new Tensor(record.name(), record.type(), shape, data(record.type(), shape, tensor));
  }

  // The buffer is a copy on the heap, as long as what it has.
  @SuppressWarnings("ByteBufferBackingArray")
  private static byte[] data(DataType type, List<Long> shape, OnnxTensor tensor)
      throws OrtException {
    if (Tensor.elements(shape) == 0) {
      return new byte[0];
    }
    if (type == DataType.BYTES) {
      List<byte[]> elements = new ArrayList<>();
      flatten(tensor.getValue(), elements);
      return BytesElements.join(elements);
    }
    return tensor.getByteBuffer().array();
  }

  /** Strings come in arrays of arrays. */
  private static void flatten(Object value, List<byte[]> elements) {
    if (value instanceof Object[] array) {
      for (Object element : array) {
        flatten(element, elements);
      }
    } else {
      elements.add(((String) value).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static List<TensorRecord> records(String what, Collection<NodeInfo> infos)
      throws ModelException {
    List<TensorRecord> records = new ArrayList<>();
    for (NodeInfo info : infos) {
      if (!(info.getInfo() instanceof TensorInfo tensor)) {
        throw new ModelException(what + "." + info.getName() + ": no tensor (expected: tensors)");
      }
      DataType type = Types.of(tensor.onnxType);
      if (type == null || (what.equals("inputs") && Types.toJava(type) == null)) {
        throw new ModelException(
            what + "." + info.getName() + ": " + tensor.onnxType + " is not supported");
      }
      if (tensor.getShape().length > Tensor.MAX_RANK) {
        throw new ModelException(
            "%s.%s: rank %d (expected: <= %d)"
                .formatted(what, info.getName(), tensor.getShape().length, Tensor.MAX_RANK));
      }
      records.add(
          new TensorRecord(
              info.getName(), type, Arrays.stream(tensor.getShape()).boxed().toList()));
    }
    return List.copyOf(records);
  }

  private static void close(OrtSession session) {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
