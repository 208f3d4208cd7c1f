package dev.starling.inference.vetting;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.starling.contract.inference.DataType;
import dev.starling.inference.EvilModels;
import dev.starling.inference.EvilModels.Evil;
import dev.starling.inference.OnnxProtos;
import dev.starling.inference.vetting.Vetting.Declared;
import dev.starling.inference.vetting.Vetting.Rejected;
import dev.starling.inference.vetting.Vetting.Vetted;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxVettingTest {
  private static final Limits LIMITS = Limits.of(1 << 20);

  @TempDir Path directory;

  static List<Evil> evilModels() {
    return EvilModels.bySight();
  }

  @ParameterizedTest
  @MethodSource("evilModels")
  void file_evil_isRejectedWithAReason(Evil evil) {
    assertThat(OnnxVetting.vet(evil.file(), LIMITS))
        .isInstanceOfSatisfying(
            Rejected.class, rejected -> assertThat(rejected.reason()).contains(evil.reason()));
  }

  @Test
  void file_honest_tellsWhatItTakesAndGives() {
    assertThat(OnnxVetting.vet(OnnxProtos.plus(1), LIMITS))
        .isEqualTo(
            new Vetted(
                List.of(new Declared("x", DataType.FP32, List.of(-1L, 4L))),
                List.of(new Declared("y", DataType.FP32, List.of(-1L, 4L)))));
  }

  @Test
  void input_withAValueInTheFile_isNotAskedFor() {
    ModelProto.Builder model = OnnxProtos.plusModel(1);
    model.getGraphBuilder().addInput(OnnxProtos.value("c", OnnxProtos.FLOAT, 1));

    assertThat(OnnxVetting.vet(bytes(model), LIMITS))
        .isInstanceOfSatisfying(
            Vetted.class,
            vetted -> assertThat(vetted.inputs()).extracting(Declared::name).containsExactly("x"));
  }

  @Test
  void function_ofTheFileItself_mayBeUsed() {
    ModelProto.Builder model =
        OnnxProtos.model(
                OnnxProtos.graph()
                    .addNode(
                        OnnxProtos.node("Twice", List.of("x"), List.of("y")).setDomain("local")))
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("local").setVersion(1))
            .addFunctions(
                ai.onnx.proto.OnnxMl.FunctionProto.newBuilder()
                    .setName("Twice")
                    .setDomain("local")
                    .addInput("a")
                    .addOutput("b")
                    .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(15))
                    .addNode(OnnxProtos.node("Add", List.of("a", "a"), List.of("b"))));

    assertThat(OnnxVetting.vet(bytes(model), LIMITS)).isInstanceOf(Vetted.class);
  }

  @Test
  void tensors_ofEveryKind_areMeasuredByTheirElements() {
    GraphProto.Builder graph =
        OnnxProtos.graph()
            .addInitializer(OnnxProtos.floats("raw", List.of(2L, 2L), 1, 2, 3, 4))
            .addInitializer(OnnxProtos.longs("longs", List.of(3L), 1, -1, Long.MAX_VALUE))
            .addInitializer(OnnxProtos.bool("scalar", true))
            .addInitializer(OnnxProtos.floats("empty", List.of(0L, 7L)))
            .addInitializer(
                tensor(TensorProto.DataType.FLOAT, 3)
                    .addFloatData(1)
                    .addFloatData(2)
                    .addFloatData(3))
            .addInitializer(tensor(TensorProto.DataType.DOUBLE, 1).addDoubleData(1))
            .addInitializer(tensor(TensorProto.DataType.UINT32, 1).addUint64Data(7))
            .addInitializer(tensor(TensorProto.DataType.FLOAT16, 2).addInt32Data(1).addInt32Data(2))
            .addInitializer(
                tensor(TensorProto.DataType.COMPLEX64, 1).addFloatData(1).addFloatData(2))
            .addInitializer(
                tensor(TensorProto.DataType.STRING, 2)
                    .addStringData(ByteString.copyFromUtf8("a"))
                    .addStringData(ByteString.EMPTY))
            // Three elements of four bits share two bytes.
            .addInitializer(
                TensorProto.newBuilder()
                    .setDataType(22)
                    .addDims(3)
                    .setRawData(ByteString.copyFrom(new byte[2])));

    assertThat(OnnxVetting.vet(bytes(OnnxProtos.model(graph)), LIMITS)).isInstanceOf(Vetted.class);
  }

  @Test
  void tensor_withDataTwice_isRejected() {
    ModelProto.Builder model = OnnxProtos.plusModel(1);
    model.getGraphBuilder().getInitializerBuilder(0).addFloatData(2);

    assertRejected(bytes(model), "values in field 4");
  }

  @Test
  void output_thatIsAMap_isRejectedWithAdvice() {
    ModelProto.Builder model = OnnxProtos.plusModel(1);
    model
        .getGraphBuilder()
        .addOutput(
            ValueInfoProto.newBuilder()
                .setName("probabilities")
                .setType(
                    TypeProto.newBuilder()
                        .setMapType(
                            TypeProto.Map.newBuilder()
                                .setKeyType(7)
                                .setValueType(OnnxProtos.value("", OnnxProtos.FLOAT).getType()))));

    assertRejected(bytes(model), "a map (expected: a tensor; exporters can leave out");
  }

  @Test
  void file_ofManyNodesOrTensorsOrNames_isRejected() {
    Limits tight = new Limits(1 << 20, 1, 1, 64, 4096, 1 << 20, 1 << 20);
    ModelProto.Builder nodes = OnnxProtos.plusModel(1);
    nodes.getGraphBuilder().addNode(OnnxProtos.node("Identity", List.of("y"), List.of("z")));
    ModelProto.Builder tensors = OnnxProtos.plusModel(1);
    tensors.getGraphBuilder().addInitializer(OnnxProtos.floats("d", List.of(1L), 1));

    assertThat(OnnxVetting.vet(OnnxProtos.plus(1), tight)).isInstanceOf(Vetted.class);
    assertThat(OnnxVetting.vet(bytes(nodes), tight).toString()).contains("nodes: more than 1");
    assertThat(OnnxVetting.vet(bytes(tensors), tight).toString()).contains("tensors: more than 1");
    assertThat(
            OnnxVetting.vet(OnnxProtos.plus(1), new Limits(1 << 20, 9, 9, 64, 4096, 10, 9))
                .toString())
        .contains("names: more than 10 bytes");
    assertThat(
            OnnxVetting.vet(OnnxProtos.plus(1), new Limits(1 << 20, 9, 9, 64, 2, 1 << 20, 9))
                .toString())
        .contains("3 bytes (expected: <= 2)");
  }

  @Test
  void file_beyondItsBound_isRejectedUnread() throws IOException {
    Path file = Files.write(directory.resolve("model.onnx"), OnnxProtos.plus(1));

    assertThat(OnnxVetting.vet(file, Limits.of(10)))
        .isInstanceOfSatisfying(
            Rejected.class, rejected -> assertThat(rejected.reason()).contains("expected: <= 10"));
    assertThat(OnnxVetting.vet(file, LIMITS)).isInstanceOf(Vetted.class);
  }

  @Test
  void metadata_ofAnyLength_isPassedOver() {
    ModelProto.Builder model =
        OnnxProtos.plusModel(1)
            .setDocString("x".repeat(100_000))
            .addMetadataProps(
                StringStringEntryProto.newBuilder().setKey("k").setValue("v".repeat(100_000)));

    assertThat(OnnxVetting.vet(bytes(model), LIMITS)).isInstanceOf(Vetted.class);
  }

  /** Any change gives a verdict; and none of them lets data be outside of the file. */
  @Test
  void file_mutatedAtRandom_givesAVerdict() {
    Random random = new Random(7);
    List<Evil> originals = EvilModels.bySight();
    for (int round = 0; round < 20_000; round++) {
      byte[] file = originals.get(random.nextInt(originals.size())).file().clone();
      for (int changes = 1 + random.nextInt(4); changes > 0 && file.length > 0; changes--) {
        file[random.nextInt(file.length)] = (byte) random.nextInt(256);
      }
      VettingProbe.probe(file);
    }
  }

  @Test
  void shippedModel_usesNothingButOnnx() throws IOException {
    byte[] file;
    try (InputStream in = OnnxVetting.class.getResourceAsStream("/all-minilm-l6-v2-q.onnx")) {
      file = in.readAllBytes();
    }

    assertThat(OnnxVetting.vet(file, Limits.of(Limits.MAX_FILE_BYTES)))
        .isEqualTo(
            new Vetted(
                List.of(
                    new Declared("input_ids", DataType.INT64, List.of(-1L, -1L)),
                    new Declared("attention_mask", DataType.INT64, List.of(-1L, -1L)),
                    new Declared("token_type_ids", DataType.INT64, List.of(-1L, -1L))),
                List.of(
                    new Declared("last_hidden_state", DataType.FP32, List.of(-1L, -1L, 384L)))));
  }

  private static TensorProto.Builder tensor(TensorProto.DataType type, long... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(type.getNumber());
    for (long length : dims) {
      tensor.addDims(length);
    }
    return tensor;
  }

  private static byte[] bytes(ModelProto.Builder model) {
    return model.build().toByteArray();
  }

  private static void assertRejected(byte[] file, String reason) {
    assertThat(OnnxVetting.vet(file, LIMITS))
        .isInstanceOfSatisfying(
            Rejected.class, rejected -> assertThat(rejected.reason()).contains(reason));
  }
}
