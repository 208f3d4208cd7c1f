package dev.starling.inference;

import static dev.starling.inference.OnnxProtos.BOOL;
import static dev.starling.inference.OnnxProtos.FLOAT;
import static dev.starling.inference.OnnxProtos.INT64;
import static dev.starling.inference.OnnxProtos.attribute;
import static dev.starling.inference.OnnxProtos.bool;
import static dev.starling.inference.OnnxProtos.floats;
import static dev.starling.inference.OnnxProtos.graph;
import static dev.starling.inference.OnnxProtos.longs;
import static dev.starling.inference.OnnxProtos.model;
import static dev.starling.inference.OnnxProtos.node;
import static dev.starling.inference.OnnxProtos.plus;
import static dev.starling.inference.OnnxProtos.plusModel;
import static dev.starling.inference.OnnxProtos.value;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TrainingInfoProto;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Files that must never be loaded, and what each of them tries. */
public final class EvilModels {
  private static final long GIANT = 1L << 40;
  private static final Charset US = StandardCharsets.US_ASCII;

  private EvilModels() {}

  /**
   * A file.
   *
   * @param reason a part of what the operator must be told
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  public record Evil(String name, byte[] file, String reason) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Those that are refused unrun, by looking. */
  public static List<Evil> bySight() {
    return List.of(
        evil("external data in a parent directory", external("../../secret"), "outside"),
        evil("external data at an absolute path", external("/etc/passwd"), "outside"),
        evil("external data behind a link beside the file", external("link.bin"), "outside"),
        evil("external data at an address of memory", external("*/_ORT_MEM_ADDR_/*"), "outside"),
        evil("external data that is only flagged", flaggedOnly(), "outside"),
        evil("external values of a sparse initializer", sparse(true, false), "outside"),
        evil("external indices of a sparse initializer", sparse(false, true), "outside"),
        evil("external data of a Constant", constant(), "outside"),
        evil("external data in a list of tensors", tensorList(), "outside"),
        evil("external data of a sparse Constant", sparseConstant(), "outside"),
        evil("external data in a branch of an If", branch(), "outside"),
        evil("external data in a function", function("local", externalConstant()), "outside"),
        evil("code compiled for a device", operator("com.microsoft", "EPContext"), "EPContext"),
        evil("code compiled, of no domain", operator("", "EPContext"), "EPContext"),
        evil("an operator of a foreign domain", operator("evil.org", "Run"), "Run of domain"),
        evil("a contributed operator", operator("com.microsoft", "Gelu"), "com.microsoft"),
        evil(
            "a function that calls a foreign operator",
            function("local", node("Run", List.of(), List.of("z")).setDomain("evil.org")),
            "evil.org"),
        evil(
            "a function in the name of a contributed operator",
            function("com.microsoft", node("Identity", List.of(), List.of("z"))),
            "com.microsoft"),
        evil(
            "a function in the name of an operator of ONNX",
            function("", node("Identity", List.of(), List.of("z"))),
            "a domain of its own"),
        evil("huge dimensions and a tiny file", dims(1 << 15, 1 << 15), "4 bytes (expected"),
        evil("dimensions beyond all numbers", dims(Integer.MAX_VALUE, 1L << 40), "dims"),
        evil("a dimension below zero", dims(-4), "dims"),
        evil("an initializer without data", withoutData(), "0 values (expected: 4 for"),
        evil("a sparse tensor that fills the memory", sparseBomb(), "fills more"),
        evil("subgraphs a thousand deep", deep(1_000), "nesting"),
        evil("a file that is cut off", Arrays.copyOf(plus(1), plus(1).length - 7), "byte"),
        evil("a file with a tail", concat(plus(1), "tail".getBytes(US)), "byte"),
        evil(
            "a field that nobody knows",
            concat(plus(1), new byte[] {(byte) 0xfa, 7, 0}),
            "unknown"),
        evil("two graphs that protobuf would merge", concat(plus(1), secondGraph()), "twice"),
        evil("no protobuf at all", "#!/bin/sh\nrm -rf /\n".getBytes(US), "byte"),
        evil("nothing", new byte[0], "ir_version"),
        evil("an operator set of the future", opset(1_000), "version 1000"),
        evil("a graph for training", training(), "training_info"),
        evil("an input that is absurd", absurdInput(), "elements"));
  }

  /** Those that show only when they are loaded or run. */
  public static List<Evil> byTrial() {
    return List.of(
        evil("a loop without end", loop("x"), "within"),
        evil("a loop that could be unrolled before it is run", loop("start"), "within"),
        evil("weights that are not numbers", plus(Float.NaN), "not a number"),
        evil("a constant of terabytes", constantOfShape(), "alloc"),
        evil("an expansion to terabytes", expansion(), "alloc"),
        evil("growth by doubling", doubling(), "alloc"),
        evil("an operator that is none", operator("", "Frobnicate"), "Frobnicate"),
        evil("types that do not fit", typeClash(), "y"),
        evil("a graph with a hole", operator("", "Identity", "missing"), "missing"));
  }

  private static Evil evil(String name, byte[] file, String reason) {
    return new Evil(name, file, reason);
  }

  private static Evil evil(String name, ModelProto.Builder model, String reason) {
    return evil(name, model.build().toByteArray(), reason);
  }

  private static TensorProto.Builder elsewhere(String location) {
    return TensorProto.newBuilder()
        .setName("c")
        .setDataType(FLOAT)
        .addDims(1)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue(location));
  }

  private static ModelProto.Builder external(String location) {
    return model(
        graph()
            .addInitializer(elsewhere(location))
            .addNode(node("Add", List.of("x", "c"), List.of("y"))));
  }

  private static ModelProto.Builder flaggedOnly() {
    return model(
        graph()
            .addInitializer(
                floats("c", List.of(1L), 1).setDataLocation(TensorProto.DataLocation.EXTERNAL))
            .addNode(node("Add", List.of("x", "c"), List.of("y"))));
  }

  private static SparseTensorProto.Builder sparseTensor(boolean values, boolean indices) {
    return SparseTensorProto.newBuilder()
        .addDims(4)
        .setValues(values ? elsewhere("../secret") : floats("c", List.of(1L), 1))
        .setIndices(
            indices
                ? elsewhere("../secret").setDataType(INT64).setName("i")
                : longs("i", List.of(1L), 2));
  }

  private static ModelProto.Builder sparse(boolean values, boolean indices) {
    return model(
        graph()
            .addSparseInitializer(sparseTensor(values, indices))
            .addNode(node("Add", List.of("x", "c"), List.of("y"))));
  }

  private static NodeProto.Builder externalConstant() {
    return node("Constant", List.of(), List.of("c"), attribute("value", elsewhere("../secret")));
  }

  private static ModelProto.Builder constant() {
    return model(
        graph().addNode(externalConstant()).addNode(node("Add", List.of("x", "c"), List.of("y"))));
  }

  private static ModelProto.Builder tensorList() {
    AttributeProto list =
        AttributeProto.newBuilder()
            .setName("list")
            .setType(AttributeProto.AttributeType.TENSORS)
            .addTensors(floats("a", List.of(1L), 1))
            .addTensors(elsewhere("../secret"))
            .build();
    return model(graph().addNode(node("Identity", List.of("x"), List.of("y"), list)));
  }

  private static ModelProto.Builder sparseConstant() {
    AttributeProto value =
        AttributeProto.newBuilder()
            .setName("sparse_value")
            .setType(AttributeProto.AttributeType.SPARSE_TENSOR)
            .setSparseTensor(sparseTensor(true, false))
            .build();
    return model(
        graph()
            .addNode(node("Constant", List.of(), List.of("c"), value))
            .addNode(node("Add", List.of("x", "c"), List.of("y"))));
  }

  private static ModelProto.Builder branch() {
    GraphProto.Builder evil =
        GraphProto.newBuilder()
            .setName("then")
            .addInitializer(elsewhere("../secret"))
            .addOutput(value("c", FLOAT, 1));
    return model(
        graph()
            .addInitializer(bool("b", false))
            .addNode(node("If", List.of("b"), List.of("z"), attribute("then_branch", evil)))
            .addNode(node("Add", List.of("x", "z"), List.of("y"))));
  }

  private static ModelProto.Builder function(String domain, NodeProto.Builder inside) {
    return model(graph().addNode(node("F", List.of("x"), List.of("y")).setDomain(domain)))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(7))
        .addFunctions(
            FunctionProto.newBuilder()
                .setName("F")
                .setDomain(domain)
                .addInput("a")
                .addOutput("b")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(15))
                .addNode(inside));
  }

  private static ModelProto.Builder operator(String domain, String name) {
    return operator(domain, name, "x");
  }

  private static ModelProto.Builder operator(String domain, String name, String input) {
    return model(graph().addNode(node(name, List.of(input), List.of("y")).setDomain(domain)));
  }

  private static ModelProto.Builder dims(long... dims) {
    List<Long> claimed = Arrays.stream(dims).boxed().toList();
    return model(
        graph()
            .addInitializer(floats("c", claimed, 1))
            .addNode(node("Add", List.of("x", "c"), List.of("y"))));
  }

  private static ModelProto.Builder withoutData() {
    return model(
        graph()
            .addInitializer(TensorProto.newBuilder().setName("c").setDataType(FLOAT).addDims(4))
            .addNode(node("Add", List.of("x", "c"), List.of("y"))));
  }

  private static ModelProto.Builder sparseBomb() {
    return model(
        graph()
            .addSparseInitializer(
                SparseTensorProto.newBuilder()
                    .addDims(1 << 30)
                    .setValues(floats("c", List.of(1L), 1))
                    .setIndices(longs("i", List.of(1L), 2)))
            .addNode(node("Add", List.of("x", "c"), List.of("y"))));
  }

  /** Written from the inside out: the library that builds messages does not go so deep. */
  private static byte[] deep(int levels) {
    ByteString graph = GraphProto.newBuilder().setName("g").build().toByteString();
    for (int i = 0; i < levels; i++) {
      ByteString attribute = ByteString.copyFrom(field(6, graph));
      ByteString node = ByteString.copyFrom(field(5, attribute));
      graph = ByteString.copyFrom(field(1, node));
    }
    byte[] head =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(15))
            .build()
            .toByteArray();
    return concat(head, field(7, graph));
  }

  private static byte[] field(int number, ByteString value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(number << 3 | 2);
    for (int length = value.size(); ; length >>>= 7) {
      if (length < 128) {
        out.write(length);
        break;
      }
      out.write((length & 127) | 128);
    }
    out.writeBytes(value.toByteArray());
    return out.toByteArray();
  }

  private static byte[] secondGraph() {
    return field(7, GraphProto.newBuilder().setName("second").build().toByteString());
  }

  private static ModelProto.Builder opset(int version) {
    ModelProto.Builder model = plusModel(1);
    model.getOpsetImportBuilder(0).setVersion(version);
    return model;
  }

  private static ModelProto.Builder training() {
    return plusModel(1)
        .addTrainingInfo(TrainingInfoProto.newBuilder().setAlgorithm(external("../x").getGraph()));
  }

  private static ModelProto.Builder absurdInput() {
    return model(
        GraphProto.newBuilder()
            .setName("g")
            .addInput(value("x", FLOAT, 1 << 20, 1 << 20))
            .addOutput(value("y", FLOAT, -1, 4))
            .addNode(node("Identity", List.of("x"), List.of("y"))));
  }

  private static ModelProto.Builder loop(String start) {
    GraphProto.Builder body =
        GraphProto.newBuilder()
            .setName("body")
            .addInput(value("i", INT64))
            .addInput(value("go", BOOL))
            .addInput(value("v", FLOAT, -1, 4))
            .addNode(node("Identity", List.of("go"), List.of("go_on")))
            .addNode(node("Sin", List.of("v"), List.of("w")))
            .addOutput(value("go_on", BOOL))
            .addOutput(value("w", FLOAT, -1, 4));
    return model(
        graph()
            .addInitializer(bool("true", true))
            .addInitializer(floats("start", List.of(1L, 4L), 1, 2, 3, 4))
            .addNode(
                node("Loop", List.of("", "true", start), List.of("y"), attribute("body", body))));
  }

  private static ModelProto.Builder constantOfShape() {
    return model(
        graph()
            .addInitializer(longs("shape", List.of(2L), GIANT, 4))
            .addNode(node("ConstantOfShape", List.of("shape"), List.of("big")))
            .addNode(node("ReduceSum", List.of("big"), List.of("sum")))
            .addNode(node("Add", List.of("x", "sum"), List.of("y"))));
  }

  private static ModelProto.Builder expansion() {
    return model(
        graph()
            .addInitializer(longs("shape", List.of(3L), GIANT, 1, 4))
            .addNode(node("Expand", List.of("x", "shape"), List.of("big")))
            .addNode(node("ReduceSum", List.of("big"), List.of("sum")))
            .addNode(node("Add", List.of("x", "sum"), List.of("y"))));
  }

  /** Each node is harmless; thirty-six of them make 2^38 numbers of four. */
  private static ModelProto.Builder doubling() {
    List<NodeProto> nodes = new ArrayList<>();
    String last = "x";
    for (int i = 0; i < 36; i++) {
      String next = "d" + i;
      nodes.add(
          node(
                  "Concat",
                  List.of(last, last),
                  List.of(next),
                  AttributeProto.newBuilder()
                      .setName("axis")
                      .setType(AttributeProto.AttributeType.INT)
                      .setI(0)
                      .build())
              .build());
      last = next;
    }
    return model(graph().addAllNode(nodes).addNode(node("Identity", List.of(last), List.of("y"))));
  }

  private static ModelProto.Builder typeClash() {
    return model(
        GraphProto.newBuilder()
            .setName("g")
            .addInput(value("x", FLOAT, -1, 4))
            .addOutput(value("y", INT64, -1, 4))
            .addNode(node("Identity", List.of("x"), List.of("y"))));
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
