package dev.starling.risk.training;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
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
import dev.starling.risk.training.Tree.Leaf;
import dev.starling.risk.training.Tree.Node;
import dev.starling.risk.training.Tree.Split;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes trees as an ONNX model: {@code features} (FP32, rows × features) → {@code
 * TreeEnsembleRegressor} → {@code Sigmoid} → {@code probability} (FP32, rows × 1). Rows do not
 * depend on each other.
 */
final class OnnxTrees {
  static final String INPUT = "features";
  static final String OUTPUT = "probability";

  private static final String LOGIT = "logit";

  /** What ONNX Runtime has read for years; nothing newer is needed. */
  private static final int IR_VERSION = 8;

  private static final int OPERATORS = 17;
  private static final int ML_OPERATORS = 3;

  private OnnxTrees() {}

  static byte[] write(Ensemble ensemble, int features) {
    GraphProto graph =
        GraphProto.newBuilder()
            .setName("order-risk")
            .addInput(value(INPUT, features))
            .addOutput(value(OUTPUT, 1))
            .addNode(regressor(ensemble))
            .addNode(
                NodeProto.newBuilder()
                    .setName("sigmoid")
                    .setOpType("Sigmoid")
                    .addInput(LOGIT)
                    .addOutput(OUTPUT))
            .build();
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("starling")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPERATORS))
        .addOpsetImport(
            OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(ML_OPERATORS))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private static NodeProto regressor(Ensemble ensemble) {
    Columns columns = new Columns();
    List<Tree> trees = ensemble.trees();
    for (int tree = 0; tree < trees.size(); tree++) {
      List<Node> nodes = trees.get(tree).nodes();
      for (int node = 0; node < nodes.size(); node++) {
        if (nodes.get(node) instanceof Split split) {
          columns.split(tree, node, split);
        } else {
          columns.leaf(tree, node, (Leaf) nodes.get(node));
        }
      }
    }
    return NodeProto.newBuilder()
        .setName("trees")
        .setDomain("ai.onnx.ml")
        .setOpType("TreeEnsembleRegressor")
        .addInput(INPUT)
        .addOutput(LOGIT)
        .addAttribute(integer("n_targets", 1))
        .addAttribute(text("aggregate_function", "SUM"))
        .addAttribute(text("post_transform", "NONE"))
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("base_values")
                .setType(AttributeType.FLOATS)
                .addFloats(ensemble.base()))
        .addAttribute(columns.treeIds)
        .addAttribute(columns.nodeIds)
        .addAttribute(columns.featureIds)
        .addAttribute(columns.modes)
        .addAttribute(columns.thresholds)
        .addAttribute(columns.trueNodeIds)
        .addAttribute(columns.falseNodeIds)
        .addAttribute(columns.targetTreeIds)
        .addAttribute(columns.targetNodeIds)
        .addAttribute(columns.targetIds)
        .addAttribute(columns.targetWeights)
        .build();
  }

  /** The nodes of all trees, one attribute for each of their properties. */
  private static final class Columns {
    final AttributeProto.Builder treeIds = column("nodes_treeids", AttributeType.INTS);
    final AttributeProto.Builder nodeIds = column("nodes_nodeids", AttributeType.INTS);
    final AttributeProto.Builder featureIds = column("nodes_featureids", AttributeType.INTS);
    final AttributeProto.Builder modes = column("nodes_modes", AttributeType.STRINGS);
    final AttributeProto.Builder thresholds = column("nodes_values", AttributeType.FLOATS);
    final AttributeProto.Builder trueNodeIds = column("nodes_truenodeids", AttributeType.INTS);
    final AttributeProto.Builder falseNodeIds = column("nodes_falsenodeids", AttributeType.INTS);
    final AttributeProto.Builder targetTreeIds = column("target_treeids", AttributeType.INTS);
    final AttributeProto.Builder targetNodeIds = column("target_nodeids", AttributeType.INTS);
    final AttributeProto.Builder targetIds = column("target_ids", AttributeType.INTS);
    final AttributeProto.Builder targetWeights = column("target_weights", AttributeType.FLOATS);

    void split(int tree, int node, Split split) {
      node(tree, node, "BRANCH_LEQ", split.feature(), split.threshold());
      trueNodeIds.addInts(split.left());
      falseNodeIds.addInts(split.right());
    }

    void leaf(int tree, int node, Leaf leaf) {
      node(tree, node, "LEAF", 0, 0);
      trueNodeIds.addInts(0);
      falseNodeIds.addInts(0);
      targetTreeIds.addInts(tree);
      targetNodeIds.addInts(node);
      targetIds.addInts(0);
      targetWeights.addFloats(leaf.value());
    }

    private void node(int tree, int node, String mode, int feature, float threshold) {
      treeIds.addInts(tree);
      nodeIds.addInts(node);
      featureIds.addInts(feature);
      modes.addStrings(bytes(mode));
      thresholds.addFloats(threshold);
    }

    private static AttributeProto.Builder column(String name, AttributeType type) {
      return AttributeProto.newBuilder().setName(name).setType(type);
    }
  }

  private static ValueInfoProto value(String name, int width) {
    TensorShapeProto shape =
        TensorShapeProto.newBuilder()
            .addDim(Dimension.newBuilder().setDimParam("rows"))
            .addDim(Dimension.newBuilder().setDimValue(width))
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT.getNumber())
                        .setShape(shape)))
        .build();
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  private static AttributeProto text(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.STRING)
        .setS(bytes(value))
        .build();
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFrom(text, StandardCharsets.US_ASCII);
  }
}
