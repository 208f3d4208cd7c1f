package dev.starling.inference.vetting;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.starling.inference.vetting.Vetting.Vetted;
import java.util.List;
import java.util.stream.Stream;

/**
 * Holds a verdict against a second opinion: what the generated classes of ONNX make of the same
 * bytes. What was let through must be a model to them, all of whose data is inside.
 */
final class VettingProbe {
  private VettingProbe() {}

  static void probe(byte[] file) {
    Vetting verdict = OnnxVetting.vet(file, Limits.of(1 << 20));
    if (!(verdict instanceof Vetted)) {
      return;
    }
    ModelProto model;
    try {
      model = ModelProto.parseFrom(file);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("let through, and no model", e);
    }
    assertThat(model.hasGraph()).isTrue();
    assertThat(model.getTrainingInfoCount()).isZero();
    inspect(model.getGraph());
    model.getFunctionsList().forEach(function -> inspect(function.getNodeList()));
  }

  private static void inspect(GraphProto graph) {
    graph.getInitializerList().forEach(VettingProbe::inspect);
    graph.getSparseInitializerList().forEach(VettingProbe::inspect);
    inspect(graph.getNodeList());
  }

  private static void inspect(List<NodeProto> nodes) {
    for (NodeProto node : nodes) {
      assertThat(node.getOpType()).isNotEqualTo("EPContext");
      assertThat(node.getDomain()).isNotEqualTo("com.microsoft");
      for (AttributeProto attribute : node.getAttributeList()) {
        Stream.concat(Stream.of(attribute.getT()), attribute.getTensorsList().stream())
            .filter(tensor -> !tensor.equals(TensorProto.getDefaultInstance()))
            .forEach(VettingProbe::inspect);
        Stream.concat(
                Stream.of(attribute.getSparseTensor()), attribute.getSparseTensorsList().stream())
            .forEach(VettingProbe::inspect);
        Stream.concat(Stream.of(attribute.getG()), attribute.getGraphsList().stream())
            .forEach(VettingProbe::inspect);
      }
    }
  }

  private static void inspect(SparseTensorProto sparse) {
    inspect(sparse.getValues());
    inspect(sparse.getIndices());
  }

  private static void inspect(TensorProto tensor) {
    assertThat(tensor.getExternalDataCount()).isZero();
    assertThat(tensor.getDataLocation()).isEqualTo(TensorProto.DataLocation.DEFAULT);
    assertThat(tensor.getDimsList()).allMatch(length -> length >= 0);
  }
}
