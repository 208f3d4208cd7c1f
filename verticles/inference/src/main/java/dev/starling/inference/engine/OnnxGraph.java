package dev.starling.inference.engine;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.contract.inference.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs a graph on the tensors that clients send. */
final class OnnxGraph implements Graph {
  private final OnnxSession session;
  private final AfterSteps after;
  private final DirectMemory memory = new DirectMemory();

  OnnxGraph(OnnxSession session, AfterSteps after) {
    this.session = session;
    this.after = after;
  }

  @Override
  public List<Tensor> run(List<Rows> batch) throws RunException {
    List<TensorRecord> inputs = session.inputs();
    long[] sizes = new long[inputs.size()];
    for (int i = 0; i < sizes.length; i++) {
      for (Rows rows : batch) {
        sizes[i] += bytes(rows, i);
      }
    }
    List<ByteBuffer> buffers = memory.take(sizes);
    Map<String, OnnxTensor> feeds = new HashMap<>();
    try {
      for (int i = 0; i < sizes.length; i++) {
        feeds.put(inputs.get(i).name(), feed(batch, i, buffers.get(i)));
      }
      return after.apply(session.run(feeds), new int[0]);
    } catch (OrtException e) {
      throw new RunException(e.getMessage());
    } finally {
      feeds.values().forEach(OnnxTensor::close);
    }
  }

  private static OnnxTensor feed(List<Rows> batch, int input, ByteBuffer buffer)
      throws OrtException {
    Tensor first = batch.get(0).inputs().get(input).tensor();
    long[] shape = shape(batch, first);
    if (first.type() == DataType.BYTES) {
      return OnnxTensor.createTensor(
          OnnxSession.environment(), texts(batch, input).toArray(new String[0]), shape);
    }
    for (Rows rows : batch) {
      Tensor tensor = rows.inputs().get(input).tensor();
      int size = rowBytes(rows, tensor);
      buffer.put(tensor.data(), rows.from() * size, rows.count() * size);
    }
    OnnxJavaType type = Types.toJava(first.type());
    return OnnxTensor.createTensor(OnnxSession.environment(), buffer.flip(), shape, type);
  }

  private static long[] shape(List<Rows> batch, Tensor first) {
    long[] shape = first.shape().stream().mapToLong(Long::longValue).toArray();
    if (!batch.get(0).whole()) {
      shape[0] = batch.stream().mapToInt(Rows::count).sum();
    }
    return shape;
  }

  private static List<String> texts(List<Rows> batch, int input) {
    List<String> texts = new ArrayList<>();
    for (Rows rows : batch) {
      List<String> all = rows.inputs().get(input).texts();
      int each = rows.whole() ? all.size() : all.size() / rowsIn(rows, input);
      texts.addAll(all.subList(rows.from() * each, (rows.from() + rows.count()) * each));
    }
    return texts;
  }

  private static int rowsIn(Rows rows, int input) {
    return Math.toIntExact(rows.inputs().get(input).tensor().shape().get(0));
  }

  private static long bytes(Rows rows, int input) {
    Tensor tensor = rows.inputs().get(input).tensor();
    return tensor.type() == DataType.BYTES ? 0 : (long) rows.count() * rowBytes(rows, tensor);
  }

  private static int rowBytes(Rows rows, Tensor tensor) {
    int size = tensor.data().length;
    return rows.whole() ? size : size / Math.toIntExact(tensor.shape().get(0));
  }
}
