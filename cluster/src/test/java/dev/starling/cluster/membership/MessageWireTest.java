package dev.starling.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.cluster.membership.MembershipMessage.Ack;
import dev.starling.cluster.membership.MembershipMessage.Announce;
import dev.starling.cluster.membership.MembershipMessage.Digest;
import dev.starling.cluster.membership.MembershipMessage.Pull;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MessageWireTest {
  private static final NodeState STATE =
      new NodeState(
          7,
          Optional.of(new Endpoint("10.0.0.5", 40123, "{\"zone\":\"a\"}")),
          Stream.of(
              new Registration("inbox", 3),
              new Registration("inbox", -1),
              new Registration("", 0),
              new Registration("grüße/日本", Long.MAX_VALUE)));

  static Stream<MembershipMessage> messages() {
    return Stream.of(
        new Announce(STATE),
        new Announce(new NodeState(1, Optional.empty(), Stream.empty())),
        new Announce(new NodeState(2, Optional.of(new Endpoint("h", 1, null)), Stream.empty())),
        new Announce(new NodeState(3, Optional.of(new Endpoint("h", 65535, "")), Stream.empty())),
        new Digest(Long.MAX_VALUE, -1),
        new Pull(),
        new Ack(0));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void message_encodedAndDecoded_isEqual(MembershipMessage message) {
    assertThat(decode(MessageWire.encode(message))).isEqualTo(new Decoded.Ok(message));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void message_inTheMiddleOfAnArray_isRead(MembershipMessage message) {
    byte[] bytes = MessageWire.encode(message);
    byte[] framed = new byte[bytes.length + 9];
    System.arraycopy(bytes, 0, framed, 4, bytes.length);

    assertThat(MessageWire.decode(framed, 4, bytes.length)).isEqualTo(new Decoded.Ok(message));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void message_cutShortAnywhere_isMalformed(MembershipMessage message) {
    byte[] bytes = MessageWire.encode(message);
    for (int length = 0; length < bytes.length; length++) {
      assertThat(decode(Arrays.copyOf(bytes, length))).isInstanceOf(Decoded.Malformed.class);
    }
  }

  @ParameterizedTest
  @MethodSource("messages")
  void message_withABytePastItsEnd_isMalformed(MembershipMessage message) {
    byte[] bytes = MessageWire.encode(message);

    assertThat(decode(Arrays.copyOf(bytes, bytes.length + 1)))
        .isEqualTo(new Decoded.Malformed("bytes after the message: 1 (expected: 0)"));
  }

  @ParameterizedTest
  @CsvSource({
    // Each kind of message, byte by byte: a change here breaks clusters of mixed versions.
    "0103, Pull",
    "01040000000000000005, Ack",
    "01020000000000000005deadbeef, Digest",
    "0101000000000000000200000000010001610000000000000009, Announce",
    "01010000000000000002010168ffffffffffff00000000, Endpoint",
  })
  void bytes_ofVersionOne_stayReadable(String hex, String kind) {
    MembershipMessage expected =
        switch (kind) {
          case "Pull" -> new Pull();
          case "Ack" -> new Ack(5);
          case "Digest" -> new Digest(5, 0xdeadbeef);
          case "Announce" ->
              new Announce(new NodeState(2, Optional.empty(), Stream.of(new Registration("a", 9))));
          default ->
              new Announce(
                  new NodeState(2, Optional.of(new Endpoint("h", 65535, null)), Stream.empty()));
        };
    byte[] bytes = HexFormat.of().parseHex(hex);

    assertThat(decode(bytes)).isEqualTo(new Decoded.Ok(expected));
    assertThat(MessageWire.encode(expected)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0203 | version: 2 (expected: 1)",
        "0100 | type: 0 (expected: 1..4)",
        "0109 | type: 9 (expected: 1..4)",
        "010100000000000000020200000000 | endpoint flag: 2 (expected: 0 or 1)",
        "0101000000000000000201000001ffffffff00000000 | host length: 0 (expected: 1..255)",
        "010100000000000000020101680000ffffffff00000000 | port: 0 (expected: 1..65535)",
        "010100000000000000020101680001fffffffe00000000 | metadata length: -2 (expected: -1..)",
        "01010000000000000002010168000100000fff00 | text length: 4095 (expected: 0..1)",
        "0101000000000000000200ffffffff | registrations: -1 (expected: 0..0)",
        "01010000000000000002000000000100020000000000000009ff | text: not UTF-8 (expected: UTF-8)",
      })
  void bytes_thatBreakARule_sayWhich(String hex, String reason) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    if (reason.startsWith("text: not")) {
      bytes[17] = (byte) 0xc3;
      bytes[18] = (byte) 0x28;
    }

    assertThat(decode(bytes)).isEqualTo(new Decoded.Malformed(reason));
  }

  @Test
  void count_beyondTheBytesThatFollow_isRefusedBeforeAllocation() {
    ByteBuffer bytes = ByteBuffer.allocate(26);
    bytes.put((byte) 1).put((byte) 1).putLong(1).put((byte) 0).putInt(Integer.MAX_VALUE);

    assertThat(decode(bytes.array()))
        .isEqualTo(new Decoded.Malformed("registrations: 2147483647 (expected: 0..1)"));
  }

  @Test
  void randomBytes_neverThrow() {
    Random random = new Random(20260101);
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      if (bytes.length > 1) {
        bytes[0] = 1;
        bytes[1] = (byte) random.nextInt(6);
      }
      assertThat(decode(bytes)).isNotNull();
    }
  }

  @Test
  void mutatedBytes_areReadOrRefused_andWhatIsReadIsWritable() {
    Random random = new Random(42);
    List<byte[]> originals = messages().map(MessageWire::encode).toList();
    int refused = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = originals.get(random.nextInt(originals.size())).clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      Decoded decoded = decode(bytes);
      if (decoded instanceof Decoded.Ok ok) {
        assertThat(decode(MessageWire.encode(ok.message()))).isEqualTo(decoded);
      } else {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void checksum_ofEqualStates_isEqual_andOfDifferentOnesIsNot() {
    NodeState same = new NodeState(STATE.version(), STATE.endpoint(), STATE.registrations());
    NodeState other = new NodeState(STATE.version(), STATE.endpoint(), Stream.empty());

    assertThat(MessageWire.checksum(same)).isEqualTo(MessageWire.checksum(STATE));
    assertThat(MessageWire.checksum(other)).isNotEqualTo(MessageWire.checksum(STATE));
  }

  @Test
  void sizeOf_isWhatARegistrationAddsToTheBytes() {
    Registration registration = new Registration("grüße", 1);
    int without =
        MessageWire.encode(new Announce(new NodeState(1, Optional.empty(), Stream.empty()))).length;
    int with =
        MessageWire.encode(
                new Announce(new NodeState(1, Optional.empty(), Stream.of(registration))))
            .length;

    assertThat(with - without).isEqualTo(MessageWire.sizeOf(registration));
  }

  private static Decoded decode(byte[] bytes) {
    return MessageWire.decode(bytes, 0, bytes.length);
  }
}
