package dev.starling.inference.vetting;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Goes through protobuf messages field by field and keeps nothing.
 *
 * <p>Stricter than protobuf: a field that may stand once stands once, since protobuf would merge
 * two of them into a third that nobody has looked at, and there are no groups. Whoever meets a
 * field that it does not know calls {@link #unknown}. Confined to a thread.
 */
final class ProtoReader {
  private static final String ROOT = "model";

  /** Of the messages that something is in. */
  private static final int SHOWN = 8;

  private final CodedInputStream in;
  private final Limits limits;
  private final Deque<Message> open = new ArrayDeque<>();
  private int field;
  private int wireType;

  private static final class Message {
    final String name;
    final long repeated;
    final int outerLimit;
    long seen;

    Message(String name, long repeated, int outerLimit) {
      this.name = name;
      this.repeated = repeated;
      this.outerLimit = outerLimit;
    }
  }

  ProtoReader(CodedInputStream in, Limits limits) {
    this.in = in;
    this.limits = limits;
  }

  /** Those fields of a message that may stand several times, each below 64. */
  static long repeated(int... fields) {
    return Arrays.stream(fields).mapToLong(field -> 1L << field).reduce(0, (a, b) -> a | b);
  }

  /** Begins the file, of which nothing may be left when it ends. */
  void begin(long repeated, int length) throws IOException {
    open.push(new Message(ROOT, repeated, in.pushLimit(length)));
  }

  /** Enters the message that is the current field's value. */
  void enter(String name, long repeated) throws IOException {
    int length = length();
    open.push(new Message(name, repeated, in.pushLimit(length)));
    if (open.size() > limits.nesting()) {
      throw refusal("nesting: " + open.size() + " (expected: <= " + limits.nesting() + ")");
    }
  }

  /** The next field of the message that was entered last; zero at its end, which leaves it. */
  int next() throws IOException {
    Message message = open.element();
    int tag = in.readTag();
    if (tag == 0) {
      open.pop();
      in.popLimit(message.outerLimit);
      return 0;
    }
    field = WireFormat.getTagFieldNumber(tag);
    wireType = WireFormat.getTagWireType(tag);
    // One that is too large is unknown to every message.
    long bit = field < Long.SIZE ? 1L << field : 0;
    if ((message.seen & bit) != 0 && (message.repeated & bit) == 0) {
      throw refusal("field " + field + ": twice (expected: once)");
    }
    message.seen |= bit;
    return field;
  }

  long varint() throws IOException {
    expect(WireFormat.WIRETYPE_VARINT);
    return in.readRawVarint64();
  }

  /** Text of a bounded length. */
  String text() throws IOException {
    int length = length();
    if (length > limits.textBytes()) {
      throw refusal(
          "field " + field + ": " + length + " bytes (expected: <= " + limits.textBytes() + ")");
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(in.readRawBytes(length)))
          .toString();
    } catch (CharacterCodingException e) {
      throw refusal("field " + field + ": bytes (expected: UTF-8)");
    }
  }

  /** Passes over bytes, text or a message that nobody needs, and says how long it is. */
  int skip() throws IOException {
    int length = length();
    in.skipRawBytes(length);
    return length;
  }

  /** Passes over a number, packed or not, and says how many it was. */
  long skipNumbers(int wireTypeOfOne) throws IOException {
    if (wireType != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      expect(wireTypeOfOne);
      skipOne(wireTypeOfOne);
      return 1;
    }
    int length = length();
    int width = width(wireTypeOfOne);
    if (width > 0) {
      if (length % width != 0) {
        throw refusal(
            "field " + field + ": " + length + " bytes (expected: a multiple of " + width + ")");
      }
      in.skipRawBytes(length);
      return length / width;
    }
    int outer = in.pushLimit(length);
    long count = 0;
    while (!in.isAtEnd()) {
      in.readRawVarint64();
      count++;
    }
    in.popLimit(outer);
    return count;
  }

  /** What is done with each of some integers. */
  interface Each {
    void take(long value);
  }

  /** Reads integers that may be packed. */
  void varints(Each each) throws IOException {
    if (wireType != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      each.take(varint());
      return;
    }
    int outer = in.pushLimit(length());
    while (!in.isAtEnd()) {
      each.take(in.readRawVarint64());
    }
    in.popLimit(outer);
  }

  /** Refuses a field that ONNX does not have. */
  RefusedFile unknown() {
    return refusal("field " + field + ": unknown (expected: one of ONNX's, IR version 13)");
  }

  /** Says where in the file something is that must not be there. */
  RefusedFile refusal(String what) {
    List<String> path = new ArrayList<>();
    open.descendingIterator().forEachRemaining(message -> path.add(message.name));
    if (path.isEmpty()) {
      path.add(ROOT);
    } else if (path.size() > SHOWN) {
      path.subList(SHOWN / 2, path.size() - SHOWN / 2).clear();
      path.add(SHOWN / 2, "...");
    }
    return new RefusedFile(
        String.join(".", path) + ", byte " + in.getTotalBytesRead() + ": " + what);
  }

  private int length() throws IOException {
    expect(WireFormat.WIRETYPE_LENGTH_DELIMITED);
    int length = in.readRawVarint32();
    if (length < 0 || in.getBytesUntilLimit() >= 0 && length > in.getBytesUntilLimit()) {
      throw refusal(
          "field "
              + field
              + ": "
              + Integer.toUnsignedString(length)
              + " bytes (expected: at most the "
              + in.getBytesUntilLimit()
              + " that are left)");
    }
    return length;
  }

  private void skipOne(int type) throws IOException {
    switch (type) {
      case WireFormat.WIRETYPE_FIXED32 -> in.readRawLittleEndian32();
      case WireFormat.WIRETYPE_FIXED64 -> in.readRawLittleEndian64();
      default -> in.readRawVarint64();
    }
  }

  private static int width(int type) {
    return switch (type) {
      case WireFormat.WIRETYPE_FIXED32 -> 4;
      case WireFormat.WIRETYPE_FIXED64 -> 8;
      default -> 0;
    };
  }

  private void expect(int type) {
    if (wireType != type) {
      throw refusal("field " + field + ": wire type " + wireType + " (expected: " + type + ")");
    }
  }
}
