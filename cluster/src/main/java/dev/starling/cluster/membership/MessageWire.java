package dev.starling.cluster.membership;

import dev.starling.cluster.membership.MembershipMessage.Ack;
import dev.starling.cluster.membership.MembershipMessage.Announce;
import dev.starling.cluster.membership.MembershipMessage.Digest;
import dev.starling.cluster.membership.MembershipMessage.Pull;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The bytes of {@link MembershipMessage}, version 1; numbers are big-endian, text is UTF-8 and
 * every length counts bytes.
 *
 * <pre>
 * message  := version:u8=1 type:u8 body
 * Announce := 1 state
 * Digest   := 2 version:i64 checksum:i32
 * Pull     := 3
 * Ack      := 4 version:i64
 * state    := version:i64 endpoint count:i32 registration*
 * endpoint := 0:u8 | 1:u8 hostLength:u8 host port:u16 metadataLength:i32(-1 = absent) metadata
 * registration := addressLength:u16 address seq:i64
 * </pre>
 *
 * Thread-safe. Reading never allocates more than the input justifies: each length is held against
 * the bytes that are left before anything is made from it. Bytes after the message are an error.
 */
final class MessageWire {
  private static final int VERSION = 1;
  private static final int ANNOUNCE = 1;
  private static final int DIGEST = 2;
  private static final int PULL = 3;
  private static final int ACK = 4;

  /** An empty address: its length (2) and its sequence (8). */
  private static final int SMALLEST_REGISTRATION = 10;

  private MessageWire() {}

  static byte[] encode(MembershipMessage message) {
    var bytes = new ByteArrayOutputStream(64);
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      if (message instanceof Announce announce) {
        out.writeByte(ANNOUNCE);
        writeState(announce.state(), out);
      } else if (message instanceof Digest digest) {
        out.writeByte(DIGEST);
        out.writeLong(digest.version());
        out.writeInt(digest.checksum());
      } else if (message instanceof Ack ack) {
        out.writeByte(ACK);
        out.writeLong(ack.version());
      } else {
        out.writeByte(PULL);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a byte array cannot fail", e);
    }
    return bytes.toByteArray();
  }

  /** The CRC-32C of the state's bytes: equal states have equal checksums on every node. */
  static int checksum(NodeState state) {
    byte[] bytes = encode(new Announce(state));
    var crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return (int) crc.getValue();
  }

  /** The bytes that one registration adds to an {@link Announce}. */
  static int sizeOf(Registration registration) {
    return SMALLEST_REGISTRATION + utf8(registration.address()).length;
  }

  static Decoded decode(byte[] bytes, int offset, int length) {
    ByteBuffer in = ByteBuffer.wrap(bytes, offset, length).slice();
    try {
      int version = Byte.toUnsignedInt(in.get());
      if (version != VERSION) {
        return new Decoded.Malformed("version: %d (expected: %d)".formatted(version, VERSION));
      }
      MembershipMessage message = readBody(Byte.toUnsignedInt(in.get()), in);
      return in.hasRemaining()
          ? new Decoded.Malformed(
              "bytes after the message: %d (expected: 0)".formatted(in.remaining()))
          : new Decoded.Ok(message);
    } catch (BufferUnderflowException e) {
      return new Decoded.Malformed("length: %d (expected: more)".formatted(length));
    } catch (CharacterCodingException e) {
      return new Decoded.Malformed("text: not UTF-8 (expected: UTF-8)");
    } catch (MalformedException e) {
      return new Decoded.Malformed(e.reason);
    }
  }

  private static MembershipMessage readBody(int type, ByteBuffer in)
      throws CharacterCodingException, MalformedException {
    return switch (type) {
      case ANNOUNCE -> new Announce(readState(in));
      case DIGEST -> new Digest(in.getLong(), in.getInt());
      case PULL -> new Pull();
      case ACK -> new Ack(in.getLong());
      default -> throw new MalformedException("type: %d (expected: 1..4)".formatted(type));
    };
  }

  private static void writeState(NodeState state, DataOutputStream out) throws IOException {
    out.writeLong(state.version());
    if (state.endpoint().isPresent()) {
      writeEndpoint(state.endpoint().get(), out);
    } else {
      out.writeByte(0);
    }
    out.writeInt(state.registrations().size());
    for (Registration registration : state.registrations()) {
      byte[] address = utf8(registration.address());
      out.writeShort(address.length);
      out.write(address);
      out.writeLong(registration.seq());
    }
  }

  private static NodeState readState(ByteBuffer in)
      throws CharacterCodingException, MalformedException {
    long version = in.getLong();
    Optional<Endpoint> endpoint = readEndpoint(in);
    int count = in.getInt();
    int limit = in.remaining() / SMALLEST_REGISTRATION;
    if (count < 0 || count > limit) {
      throw new MalformedException("registrations: %d (expected: 0..%d)".formatted(count, limit));
    }
    List<Registration> registrations = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String address = readText(in, Short.toUnsignedInt(in.getShort()));
      registrations.add(new Registration(address, in.getLong()));
    }
    return new NodeState(version, endpoint, registrations.stream());
  }

  private static void writeEndpoint(Endpoint endpoint, DataOutputStream out) throws IOException {
    byte[] host = utf8(endpoint.host());
    out.writeByte(1);
    out.writeByte(host.length);
    out.write(host);
    out.writeShort(endpoint.port());
    String metadata = endpoint.metadata();
    if (metadata == null) {
      out.writeInt(-1);
    } else {
      byte[] json = utf8(metadata);
      out.writeInt(json.length);
      out.write(json);
    }
  }

  private static Optional<Endpoint> readEndpoint(ByteBuffer in)
      throws CharacterCodingException, MalformedException {
    int present = in.get();
    if (present == 0) {
      return Optional.empty();
    }
    if (present != 1) {
      throw new MalformedException("endpoint flag: %d (expected: 0 or 1)".formatted(present));
    }
    int hostLength = Byte.toUnsignedInt(in.get());
    if (hostLength == 0) {
      throw new MalformedException("host length: 0 (expected: 1..255)");
    }
    String host = readText(in, hostLength);
    int port = Short.toUnsignedInt(in.getShort());
    if (port == 0) {
      throw new MalformedException("port: 0 (expected: 1..65535)");
    }
    int metadataLength = in.getInt();
    if (metadataLength < -1) {
      throw new MalformedException(
          "metadata length: %d (expected: -1..)".formatted(metadataLength));
    }
    String metadata = metadataLength == -1 ? null : readText(in, metadataLength);
    return Optional.of(new Endpoint(host, port, metadata));
  }

  private static String readText(ByteBuffer in, int length)
      throws CharacterCodingException, MalformedException {
    if (length > in.remaining()) {
      throw new MalformedException(
          "text length: %d (expected: 0..%d)".formatted(length, in.remaining()));
    }
    ByteBuffer text = in.slice(in.position(), length);
    in.position(in.position() + length);
    return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Carries the reason out of the nested readers; never leaves this class. */
  private static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    MalformedException(String reason) {
      super(reason, null, false, false);
      this.reason = reason;
    }
  }
}
