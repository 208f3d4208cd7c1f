package dev.starling.cluster.inference;

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
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.sdk.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a small encoder pair in CLIP's layout into a repository: two ONNX graphs, and a
 * tokenizer.json with CLIP's steps and few merges. A picture's vector is the mean of each of its
 * planes; a text's is the sum of its tokens' vectors, of which only three colours have any.
 */
final class ColourClip {
  static final String IMAGE = "colours-image";
  static final String TEXT = "colours-text";
  static final int SIZE = 32;

  private static final int FLOAT = TensorProto.DataType.FLOAT.getNumber();
  private static final int INT64 = TensorProto.DataType.INT64.getNumber();
  private static final String START = "<|startoftext|>";
  private static final String END = "<|endoftext|>";

  private final Map<String, Integer> vocabulary = new LinkedHashMap<>();
  private final ArrayNode merges = Json.MAPPER.createArrayNode();

  private ColourClip() {
    for (char letter = 'a'; letter <= 'z'; letter++) {
      token(String.valueOf(letter));
    }
    for (char letter = 'a'; letter <= 'z'; letter++) {
      token(letter + "</w>");
    }
    merge("r", "e");
    merge("re", "d</w>");
    merge("g", "re");
    merge("gre", "e");
    merge("gree", "n</w>");
    merge("b", "l");
    merge("bl", "u");
    merge("blu", "e</w>");
    token(START);
    token(END);
  }

  /** Writes both models below {@code repository}. */
  static void writeTo(Path repository) throws IOException {
    ColourClip pair = new ColourClip();
    Path image = Files.createDirectories(repository.resolve(IMAGE).resolve("1"));
    Files.write(image.resolve("model.onnx"), imageModel().toByteArray());
    Path text = Files.createDirectories(repository.resolve(TEXT).resolve("1"));
    Files.write(text.resolve("model.onnx"), pair.textModel().toByteArray());
    Files.write(text.resolve("tokenizer.json"), Json.MAPPER.writeValueAsBytes(pair.tokenizer()));
    Files.writeString(
        repository.resolve(TEXT).resolve("config.yaml"),
        """
        pipeline:
          before:
            - tokenizer: { input: text, file: tokenizer.json, max-tokens: 77 }
        """);
  }

  private void token(String token) {
    vocabulary.put(token, vocabulary.size());
  }

  private void merge(String left, String right) {
    merges.add(left + " " + right);
    token(left + right);
  }

  private static ModelProto imageModel() {
    return model(
        GraphProto.newBuilder()
            .setName("image")
            .addInput(value("pixel_values", FLOAT, -1, 3, SIZE, SIZE))
            .addOutput(value("image_embeds", FLOAT, -1, 3))
            .addNode(
                node("ReduceMean", List.of("pixel_values"), "image_embeds")
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("axes")
                            .setType(AttributeType.INTS)
                            .addInts(2)
                            .addInts(3))
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("keepdims")
                            .setType(AttributeType.INT)
                            .setI(0))));
  }

  private ModelProto textModel() {
    TensorProto.Builder table =
        TensorProto.newBuilder()
            .setName("table")
            .setDataType(FLOAT)
            .addDims(vocabulary.size())
            .addDims(3);
    vocabulary
        .keySet()
        .forEach(
            token -> {
              table.addFloatData(token.equals("red</w>") ? 1 : 0);
              table.addFloatData(token.equals("green</w>") ? 1 : 0);
              table.addFloatData(token.equals("blue</w>") ? 1 : 0);
            });
    // What the mask leaves of the tokens' vectors, added up; less than nothing for other colours.
    return model(
        GraphProto.newBuilder()
            .setName("text")
            .addInitializer(table)
            .addInitializer(
                TensorProto.newBuilder()
                    .setName("one")
                    .setDataType(INT64)
                    .addDims(1)
                    .addInt64Data(1))
            .addInitializer(
                TensorProto.newBuilder()
                    .setName("offset")
                    .setDataType(FLOAT)
                    .addDims(3)
                    .addFloatData(-0.3f)
                    .addFloatData(-0.3f)
                    .addFloatData(-0.3f))
            .addInput(value("input_ids", INT64, -1, -1))
            .addInput(value("attention_mask", INT64, -1, -1))
            .addOutput(value("text_embeds", FLOAT, -1, 3))
            .addNode(node("Gather", List.of("table", "input_ids"), "vectors"))
            .addNode(
                node("Cast", List.of("attention_mask"), "mask")
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("to")
                            .setType(AttributeType.INT)
                            .setI(FLOAT)))
            .addNode(node("Unsqueeze", List.of("mask", "one"), "row"))
            .addNode(node("MatMul", List.of("row", "vectors"), "sums"))
            .addNode(node("Squeeze", List.of("sums", "one"), "sum"))
            .addNode(node("Add", List.of("sum", "offset"), "text_embeds")));
  }

  /** As the tokenizers of CLIP's text encoders are written. */
  private ObjectNode tokenizer() {
    ObjectNode file = Json.MAPPER.createObjectNode();
    file.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode added = file.putArray("added_tokens");
    for (String token : List.of(START, END)) {
      added
          .addObject()
          .put("id", vocabulary.get(token))
          .put("content", token)
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", true)
          .put("special", true);
    }
    ArrayNode normalizers =
        file.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
    normalizers.addObject().put("type", "NFC");
    normalizers
        .addObject()
        .put("type", "Replace")
        .put("content", " ")
        .putObject("pattern")
        .put("Regex", "\\s+");
    normalizers.addObject().put("type", "Lowercase");
    ArrayNode words =
        file.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    words
        .addObject()
        .put("type", "Split")
        .put("behavior", "Removed")
        .put("invert", true)
        .putObject("pattern")
        .put("Regex", "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+");
    words
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true);
    ObjectNode around = file.putObject("post_processor").put("type", "RobertaProcessing");
    around.putArray("sep").add(END).add(vocabulary.get(END));
    around.putArray("cls").add(START).add(vocabulary.get(START));
    around.put("trim_offsets", false).put("add_prefix_space", false);
    file.putObject("decoder")
        .put("type", "ByteLevel")
        .put("add_prefix_space", true)
        .put("trim_offsets", true);
    ObjectNode model = file.putObject("model").put("type", "BPE");
    model.putNull("dropout").put("unk_token", END);
    model.put("continuing_subword_prefix", "").put("end_of_word_suffix", "</w>");
    model.put("fuse_unk", false).set("vocab", Json.MAPPER.valueToTree(vocabulary));
    model.set("merges", merges);
    return file;
  }

  private static ModelProto model(GraphProto.Builder graph) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
        .setGraph(graph)
        .build();
  }

  private static NodeProto.Builder node(String operator, List<String> inputs, String output) {
    return NodeProto.newBuilder().setOpType(operator).addAllInput(inputs).addOutput(output);
  }

  private static ValueInfoProto value(String name, int type, long... shape) {
    TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
    for (int i = 0; i < shape.length; i++) {
      TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
      dimensions.addDim(
          shape[i] < 0 ? dimension.setDimParam("d" + i) : dimension.setDimValue(shape[i]));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type).setShape(dimensions)))
        .build();
  }
}
