package dev.starling.inference;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes small ONNX models. */
public final class OnnxModels {
  public static final int FLOAT = TensorProto.DataType.FLOAT.getNumber();
  public static final int INT64 = TensorProto.DataType.INT64.getNumber();
  public static final int UINT16 = TensorProto.DataType.UINT16.getNumber();
  public static final int STRING = TensorProto.DataType.STRING.getNumber();

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");

  private OnnxModels() {}

  public static OnnxModels model() {
    return new OnnxModels();
  }

  /**
   * Adds an input.
   *
   * @param shape -1 for what differs from call to call
   */
  public OnnxModels input(String name, int type, long... shape) {
    graph.addInput(value(name, type, shape));
    return this;
  }

  public OnnxModels output(String name, int type, long... shape) {
    graph.addOutput(value(name, type, shape));
    return this;
  }

  public OnnxModels constant(String name, long[] shape, float... values) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(FLOAT);
    for (long length : shape) {
      tensor.addDims(length);
    }
    for (float value : values) {
      tensor.addFloatData(value);
    }
    graph.addInitializer(tensor);
    return this;
  }

  /** A node whose only output is {@code output}. */
  public OnnxModels node(
      String operator, List<String> inputs, String output, AttributeProto... attributes) {
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(operator)
            .addAllInput(inputs)
            .addOutput(output)
            .addAllAttribute(List.of(attributes)));
    return this;
  }

  public static AttributeProto ints(String name, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    return attribute.build();
  }

  public static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  public ModelProto build() {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
        .setGraph(graph)
        .build();
  }

  /** Puts it into a version's directory, as {@code model.onnx}. */
  public Path writeTo(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.write(directory.resolve("model.onnx"), build().toByteArray());
    return directory;
  }

  private static ValueInfoProto value(String name, int type, long... shape) {
    TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
    for (int i = 0; i < shape.length; i++) {
      TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
      dimensions.addDim(
          shape[i] >= 0 ? dimension.setDimValue(shape[i]) : dimension.setDimParam("free" + i));
    }
    TypeProto.Tensor.Builder tensor =
        TypeProto.Tensor.newBuilder().setElemType(type).setShape(dimensions);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
