package dev.starling.inference.vetting;

import static dev.starling.inference.vetting.ProtoReader.repeated;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.starling.inference.vetting.TypeScan.Value;
import dev.starling.inference.vetting.Vetting.Declared;
import dev.starling.inference.vetting.Vetting.Rejected;
import dev.starling.inference.vetting.Vetting.Vetted;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks through an ONNX file from its first byte to its last.
 *
 * <p>Blocks. It holds a few kilobytes of the file at a time, and passes over weights without
 * reading them. Without state.
 */
public final class OnnxVetting {
  private static final int BUFFER_BYTES = 64 << 10;

  /** Operators have domains and versions since then. */
  private static final int OLDEST_IR = 3;

  /** What ONNX Runtime 1.26.0 reads. */
  private static final int NEWEST_IR = 13;

  private OnnxVetting() {}

  /**
   * Looks through a file.
   *
   * @throws IOException when it cannot be read
   */
  public static Vetting vet(Path file, Limits limits) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      long bytes = channel.size();
      if (bytes > Math.min(limits.fileBytes(), Limits.MAX_FILE_BYTES)) {
        return new Rejected(
            "the file has " + bytes + " bytes (expected: <= " + limits.fileBytes() + ")");
      }
      // This stream skips by moving the channel's position.
      return vet(Channels.newInputStream(channel), (int) bytes, limits);
    }
  }

  /** Looks through a file's bytes. */
  static Vetting vet(byte[] file, Limits limits) {
    try {
      return vet(new ByteArrayInputStream(file), file.length, limits);
    } catch (IOException e) {
      throw new IllegalStateException("bytes can always be read", e);
    }
  }

  private static Vetting vet(InputStream stream, int bytes, Limits limits) throws IOException {
    CodedInputStream coded = CodedInputStream.newInstance(stream, BUFFER_BYTES);
    coded.setSizeLimit(Integer.MAX_VALUE);
    ProtoReader in = new ProtoReader(coded, limits);
    try {
      return model(in, bytes, limits);
    } catch (RefusedFile refused) {
      return new Rejected(String.valueOf(refused.getMessage()));
    } catch (InvalidProtocolBufferException malformed) {
      return new Rejected(
          "byte " + coded.getTotalBytesRead() + ": not a protobuf: " + malformed.getMessage());
    }
  }

  private static Vetting model(ProtoReader in, int bytes, Limits limits) throws IOException {
    Domains domains = new Domains(in);
    GraphScan graphs = new GraphScan(in, limits, domains);
    GraphScan.@Nullable Ends ends = null;
    boolean operators = false;
    long irVersion = 0;
    in.begin(repeated(8, 14, 20, 25, 26), bytes);
    for (int next = in.next(); next != 0; next = in.next()) {
      switch (next) {
        case 1 -> irVersion = in.varint();
        case 5 -> in.varint();
        case 7 -> ends = graphs.outermost();
        case 8 -> {
          graphs.operators();
          operators = true;
        }
        case 20 -> throw in.refusal("training_info (expected: none)");
        case 25 -> graphs.function();
        case 26 -> throw in.refusal("configuration (expected: none, it runs on one device)");
        case 2, 3, 4, 6, 14 -> in.skip();
        default -> throw in.unknown();
      }
    }
    if (irVersion < OLDEST_IR || irVersion > NEWEST_IR) {
      return new Rejected(
          "ir_version: " + irVersion + " (expected: " + OLDEST_IR + ".." + NEWEST_IR + ")");
    }
    if (ends == null || !operators) {
      return new Rejected(
          (ends == null ? "graph" : "opset_import") + ": none (expected: an ONNX model)");
    }
    domains.settle();
    return new Vetted(declared("input", ends.inputs()), declared("output", ends.outputs()));
  }

  private static List<Declared> declared(String end, List<Value> values) {
    if (values.isEmpty()) {
      throw new RefusedFile("graph: no " + end + " (expected: one or more)");
    }
    Set<String> names = new HashSet<>();
    List<Declared> declared = new ArrayList<>();
    for (Value value : values) {
      String name = end + " '" + value.name() + "'";
      if (value.name().isEmpty() || !names.add(value.name())) {
        throw new RefusedFile(name + ": a name twice or none (expected: one for each)");
      }
      if (!value.type().kind().equals("a tensor")) {
        throw new RefusedFile(
            name
                + ": "
                + value.type().kind()
                + " (expected: a tensor; exporters can leave out"
                + " maps and sequences, e.g. zipmap=False)");
      }
      if (value.type().element().dataType == null) {
        throw new RefusedFile(
            name + ": " + value.type().element() + " (expected: a type that callers can send)");
      }
      declared.add(new Declared(value.name(), value.type().element().dataType, shape(name, value)));
    }
    return declared;
  }

  private static @Nullable List<Long> shape(String name, Value value) {
    List<Long> shape = value.type().shape();
    if (shape == null) {
      return null;
    }
    long elements = 1;
    for (long length : shape) {
      if (length != -1 && (length < 1 || length > Integer.MAX_VALUE)) {
        throw new RefusedFile(name + ": shape " + shape + " (expected: dimensions of 1 or more)");
      }
      elements *= Math.max(1, length);
      if (elements > Integer.MAX_VALUE) {
        throw new RefusedFile(
            name + ": shape " + shape + " (expected: at most 2147483647 elements)");
      }
    }
    return shape;
  }
}
