package dev.starling.testkit;

import dev.starling.bus.Address;
import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.BusStream;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Opening;
import dev.starling.bus.PieceBudget;
import dev.starling.bus.PieceBuffer;
import dev.starling.bus.Pieces;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.InferenceContract.Admission;
import dev.starling.contract.inference.InferenceContract.Admitted;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.InferLarge;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import dev.starling.contract.inference.ModelContract;
import dev.starling.contract.inference.ModelContract.Changed;
import dev.starling.contract.inference.ModelContract.ModelRecord;
import dev.starling.contract.inference.ModelContract.NodeModels;
import dev.starling.contract.inference.ModelContract.Outcome;
import dev.starling.contract.inference.ModelContract.State;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.contract.inference.Tensor;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Small models behind the contracts of inference, computed here and for real, so that services
 * which call models can be tested without one:
 *
 * <ul>
 *   <li>{@code simple}: Triton's example. Two INT32 inputs [n, 16]; their sum and difference.
 *   <li>{@code identity}: gives each input back as an output of the same name, whatever it is.
 *   <li>{@code length}: BYTES [n]; {@code embedding} FP32 [n, 4] (bytes, first, last, 1) and {@code
 *       tokens} INT32 [n], the number of words.
 *   <li>{@code late}: is listed as being loaded, and not served.
 * </ul>
 *
 * <p>Thread-safe as far as tests read it.
 */
public final class TestModels extends ServiceVerticle {
  /** How many columns the inputs of {@code simple} have. */
  public static final int WIDTH = 16;

  private static final Bus.Responder<Infer, Inference> IDENTITY =
      (infer, call) -> Future.succeededFuture(new Inferred("1", infer.inputs()));

  private final List<String> nodeIds;
  private final List<CallContext> calls = new CopyOnWriteArrayList<>();
  private final AtomicInteger largeCalls = new AtomicInteger();
  private final Map<String, Changed> changes = new ConcurrentHashMap<>();
  private final Map<String, String> asked = new ConcurrentHashMap<>();

  /**
   * @param nodeIds the nodes that have the models, as far as anybody can tell
   */
  public TestModels(String... nodeIds) {
    this.nodeIds = List.of(nodeIds);
  }

  @Override
  public String name() {
    return "test-models";
  }

  /** The contexts of all inferences, in their order. */
  public List<CallContext> calls() {
    return calls;
  }

  /** How many requests came to {@code identity} in pieces. */
  public int largeCalls() {
    return largeCalls.get();
  }

  /** What a node answers to loads and unloads from now on, instead of having done them. */
  public void answer(String nodeId, Changed changed) {
    changes.put(nodeId, changed);
  }

  /** The model that a node was last asked to load or unload, e.g. {@code load simple}. */
  public String lastAsked(String nodeId) {
    return asked.getOrDefault(nodeId, "");
  }

  @Override
  protected Future<?> open() {
    List<Future<?>> served = new ArrayList<>();
    served.add(serve(InferenceContract.infer("simple"), counted(TestModels::addAndSubtract)));
    served.add(serve(InferenceContract.infer("identity"), counted(IDENTITY)));
    served.add(serve(InferenceContract.infer("length"), counted(TestModels::measure)));
    served.add(
        serve(
            InferenceContract.inferLarge("identity"),
            (request, call) -> Future.succeededFuture(large(request))));
    for (String node : nodeIds) {
      served.add(
          serve(ModelContract.models(node), (ask, call) -> Future.succeededFuture(models(node))));
      served.add(
          serve(ModelContract.load(node), (load, call) -> change(node, "load " + load.model())));
      served.add(
          serve(
              ModelContract.unload(node),
              (unload, call) -> change(node, "unload " + unload.model())));
    }
    return Future.all(served);
  }

  /** Has each node say what it has, as nodes do each few seconds. */
  public void publish() {
    context.runOnContext(
        now -> nodeIds.forEach(node -> bus().publish(ModelContract.MODELS, models(node))));
  }

  private Bus.Responder<Infer, Inference> counted(Bus.Responder<Infer, Inference> responder) {
    return (infer, call) -> {
      calls.add(call);
      return infer.version().isEmpty() || infer.version().equals("1")
          ? responder.respond(infer, call)
          : refused(Reason.NOT_HERE, "version: " + infer.version() + " (expected: 1)");
    };
  }

  private Future<Changed> change(String node, String what) {
    asked.put(node, what);
    Changed known = changes.getOrDefault(node, new Changed(Outcome.DONE, ""));
    return what.endsWith(" broken")
        ? Future.failedFuture(new BusException(ErrorCode.OVERLOADED, "changes wait"))
        : Future.succeededFuture(known);
  }

  private Opening<Admission, byte[], byte[]> large(InferLarge request) {
    largeCalls.incrementAndGet();
    return new Opening.Accept<>(
        new Admitted(),
        stream -> {
          PieceBuffer received = new PieceBuffer(request.bytes(), PieceBudget.ofHeap());
          stream.onItem(received::add).onEnd(() -> giveBack(received, stream));
        });
  }

  private static void giveBack(PieceBuffer received, BusStream<byte[], byte[]> stream) {
    Address<Infer, Inference> address = InferenceContract.infer("identity");
    Infer infer = address.request().fromBytes(received.join());
    byte[] answer = address.reply().toBytes(new Inferred("1", infer.inputs()));
    Pieces.send(stream, answer, piece -> piece, stream::end);
  }

  private static NodeModels models(String node) {
    List<Long> rows = List.of(-1L, (long) WIDTH);
    return new NodeModels(
        node,
        List.of(
            ready("identity", List.of(tensor("any", DataType.BYTES, -1)), List.of()),
            new ModelRecord(
                "late", "1", State.LOADING, false, "tried out", "", List.of(), List.of()),
            ready(
                "length",
                List.of(tensor("text", DataType.BYTES, -1)),
                List.of(
                    tensor("embedding", DataType.FP32, -1, 4),
                    tensor("tokens", DataType.INT32, -1))),
            ready(
                "simple",
                List.of(
                    new TensorRecord("INPUT0", DataType.INT32, rows),
                    new TensorRecord("INPUT1", DataType.INT32, rows)),
                List.of(
                    new TensorRecord("OUTPUT0", DataType.INT32, rows),
                    new TensorRecord("OUTPUT1", DataType.INT32, rows)))));
  }

  private static ModelRecord ready(
      String name, List<TensorRecord> inputs, List<TensorRecord> outputs) {
    return new ModelRecord(name, "1", State.READY, true, "", "onnxruntime_onnx", inputs, outputs);
  }

  private static TensorRecord tensor(String name, DataType type, long... shape) {
    return new TensorRecord(name, type, Arrays.stream(shape).boxed().toList());
  }

  private static Future<Inference> addAndSubtract(Infer infer, CallContext call) {
    Tensor first = input(infer, "INPUT0");
    Tensor second = input(infer, "INPUT1");
    if (first == null
        || second == null
        || first.type() != DataType.INT32
        || second.type() != DataType.INT32
        || !first.shape().equals(second.shape())
        || first.shape().size() != 2
        || first.shape().get(1) != WIDTH) {
      return refused(
          Reason.INVALID, "inputs: (expected: INPUT0 and INPUT1, INT32, of one shape [n, 16])");
    }
    ByteBuffer a = littleEndian(first.data());
    ByteBuffer b = littleEndian(second.data());
    ByteBuffer sum = littleEndian(new byte[first.data().length]);
    ByteBuffer difference = littleEndian(new byte[first.data().length]);
    while (a.hasRemaining()) {
      int x = a.getInt();
      int y = b.getInt();
      sum.putInt(x + y);
      difference.putInt(x - y);
    }
    return answer(
        infer,
        new Tensor("OUTPUT0", DataType.INT32, first.shape(), sum.array()),
        new Tensor("OUTPUT1", DataType.INT32, first.shape(), difference.array()));
  }

  private static Future<Inference> measure(Infer infer, CallContext call) {
    Tensor text = input(infer, "text");
    if (text == null || text.type() != DataType.BYTES || text.shape().size() != 1) {
      return refused(Reason.INVALID, "inputs: (expected: text, BYTES [n])");
    }
    int rows = (int) text.elements();
    ByteBuffer texts = littleEndian(text.data());
    ByteBuffer vectors = littleEndian(new byte[rows * 4 * Float.BYTES]);
    ByteBuffer tokens = littleEndian(new byte[rows * Integer.BYTES]);
    for (int row = 0; row < rows; row++) {
      byte[] bytes = new byte[texts.getInt()];
      texts.get(bytes);
      int words = 1;
      for (byte each : bytes) {
        words += each == ' ' ? 1 : 0;
      }
      vectors.putFloat(bytes.length);
      vectors.putFloat(bytes.length == 0 ? 0 : bytes[0]);
      vectors.putFloat(bytes.length == 0 ? 0 : bytes[bytes.length - 1]);
      vectors.putFloat(1);
      tokens.putInt(words);
    }
    return answer(
        infer,
        new Tensor("embedding", DataType.FP32, List.of((long) rows, 4L), vectors.array()),
        new Tensor("tokens", DataType.INT32, List.of((long) rows), tokens.array()));
  }

  private static @Nullable Tensor input(Infer infer, String name) {
    return infer.inputs().stream()
        .filter(tensor -> tensor.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static Future<Inference> answer(Infer infer, Tensor... all) {
    List<Tensor> wanted = new ArrayList<>();
    List<String> names =
        infer.outputs().isEmpty() ? Arrays.stream(all).map(Tensor::name).toList() : infer.outputs();
    for (String name : names) {
      Tensor found = null;
      for (Tensor tensor : all) {
        found = tensor.name().equals(name) ? tensor : found;
      }
      if (found == null) {
        return refused(Reason.INVALID, "output: " + name + " (expected: one of the model's)");
      }
      wanted.add(found);
    }
    return Future.succeededFuture(new Inferred("1", wanted));
  }

  private static Future<Inference> refused(Reason reason, String detail) {
    return Future.succeededFuture(new Refused(reason, detail));
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
