package dev.starling.inference;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** The messages that ONNX files are made of, for tests that want them as no exporter makes them. */
public final class OnnxProtos {
  public static final int FLOAT = TensorProto.DataType.FLOAT.getNumber();
  public static final int INT64 = TensorProto.DataType.INT64.getNumber();
  public static final int BOOL = TensorProto.DataType.BOOL.getNumber();

  private OnnxProtos() {}

  /** {@code y = x + constant} for rows of four numbers. */
  public static byte[] plus(float constant) {
    return plusModel(constant).build().toByteArray();
  }

  public static ModelProto.Builder plusModel(float constant) {
    return model(
        graph()
            .addInitializer(floats("c", List.of(1L), constant))
            .addNode(node("Add", List.of("x", "c"), List.of("y"))));
  }

  /** Takes {@code x} and gives {@code y}, FP32 of {@code [-1, 4]}; the nodes are to come. */
  public static GraphProto.Builder graph() {
    return GraphProto.newBuilder()
        .setName("graph")
        .addInput(value("x", FLOAT, -1, 4))
        .addOutput(value("y", FLOAT, -1, 4));
  }

  public static ModelProto.Builder model(GraphProto.Builder graph) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(15))
        .setGraph(graph);
  }

  public static NodeProto.Builder node(
      String operator, List<String> inputs, List<String> outputs, AttributeProto... attributes) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .addAllInput(inputs)
        .addAllOutput(outputs)
        .addAllAttribute(List.of(attributes));
  }

  public static AttributeProto attribute(String name, TensorProto.Builder value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.TENSOR)
        .setT(value)
        .build();
  }

  public static AttributeProto attribute(String name, GraphProto.Builder value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(value)
        .build();
  }

  public static TensorProto.Builder floats(String name, List<Long> dims, float... values) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      raw.putFloat(value);
    }
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(FLOAT)
        .addAllDims(dims)
        .setRawData(ByteString.copyFrom(raw.array()));
  }

  public static TensorProto.Builder longs(String name, List<Long> dims, long... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(INT64).addAllDims(dims);
    for (long value : values) {
      tensor.addInt64Data(value);
    }
    return tensor;
  }

  public static TensorProto.Builder bool(String name, boolean value) {
    return TensorProto.newBuilder().setName(name).setDataType(BOOL).addInt32Data(value ? 1 : 0);
  }

  /** A named tensor of a graph; −1 for a dimension that differs from call to call. */
  public static ValueInfoProto.Builder value(String name, int type, long... shape) {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    for (long length : shape) {
      dims.addDim(
          length < 0
              ? Dimension.newBuilder().setDimParam("n")
              : Dimension.newBuilder().setDimValue(length));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type).setShape(dims)));
  }
}
