package dev.starling.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.codec.CodecProbe;
import dev.starling.codec.GoldenBytes;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.Mutations;
import dev.starling.codec.WireWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(20)
class FrameFormatTest {
  private static final int MUTATIONS = 10_000;
  // version and kind, then eight bytes of the sender's clock
  private static final int VERSION_AT = 0;
  private static final int KIND_AT = 1;
  private static final int EXTENSION_AT = 10;

  private final FrameFormat format = FrameSamples.format();

  static Stream<Arguments> frames() {
    return FrameSamples.all().entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("frames")
  void encode_eachFrame_givesTheGoldenBytes(String name, Frame frame) {
    GoldenBytes.wireV1().verify(name, format.toBytes(frame));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("frames")
  void decode_goldenBytes_givesTheFrame(String name, Frame frame) {
    assertSameFrame(format.fromBytes(GoldenBytes.wireV1().read(name)), frame);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("frames")
  void decode_cutOffAnywhere_isMalformed(String name, Frame frame) {
    byte[] bytes = format.toBytes(frame);
    for (int length = 0; length < bytes.length; length++) {
      byte[] part = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> format.fromBytes(part))
          .as("the first %d bytes", length)
          .isInstanceOf(MalformedFrameException.class);
    }
  }

  @Test
  void decode_mutatedBytes_givesAFrameOrMalformed() {
    Mutations mutations = new Mutations(1, FrameSamples.bytes());
    int values = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      values += CodecProbe.probe(format, mutations.next()) ? 1 : 0;
    }

    assertThat(values).isBetween(1, MUTATIONS - 1);
  }

  @Test
  void decode_otherVersion_saysWhichIsSpoken() {
    byte[] bytes = format.toBytes(FrameSamples.REQUEST);
    bytes[VERSION_AT] = 3;

    assertThatThrownBy(() -> format.fromBytes(bytes))
        .isInstanceOf(MalformedFrameException.class)
        .hasMessage("frame version: 3 (expected: 1..2)");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("frames")
  void encode_versionTwo_isVersionOneWithRoomForAnExtension(String name, Frame frame) {
    byte[] one = format.toBytes(frame);

    byte[] two = versionTwo().toBytes(frame);

    assertThat(two[VERSION_AT]).isEqualTo((byte) 2);
    assertThat(two[EXTENSION_AT]).as("the length of the extension").isZero();
    assertThat(Arrays.copyOfRange(two, 1, EXTENSION_AT))
        .isEqualTo(Arrays.copyOfRange(one, 1, EXTENSION_AT));
    assertThat(Arrays.copyOfRange(two, EXTENSION_AT + 1, two.length))
        .isEqualTo(Arrays.copyOfRange(one, EXTENSION_AT, one.length));
    assertSameFrame(format.fromBytes(two), frame);
  }

  @Test
  void decode_extensionOfALaterNode_isSkipped() {
    byte[] two = versionTwo().toBytes(FrameSamples.REQUEST);
    byte[] extended = extended(two, new byte[] {99, 1, 7});

    assertSameFrame(format.fromBytes(extended), FrameSamples.REQUEST);
  }

  @Test
  void decode_extensionCutOff_isMalformed() {
    byte[] two = versionTwo().toBytes(FrameSamples.REQUEST);

    for (byte[] fields : new byte[][] {{1}, {1, 2, 'a'}, {99, 5}, {(byte) 0x80}}) {
      assertThatThrownBy(() -> format.fromBytes(extended(two, fields)))
          .isInstanceOf(MalformedFrameException.class);
    }
  }

  @Test
  void encode_tenantAndTier_travelInVersionTwoOnly() {
    Principal member = new Principal("zoe", Set.of("users:read"), "acme", "gold");
    Frame.Request frame = request(FrameSamples.REQUEST.context().withPrincipal(member));

    assertThat(principalOf(format.fromBytes(versionTwo().toBytes(frame)))).isEqualTo(member);
    assertThat(principalOf(format.fromBytes(format.toBytes(frame))))
        .isEqualTo(new Principal("zoe", Set.of("users:read")));
  }

  @Test
  void encode_tenantAndTier_giveTheGoldenBytes() {
    GoldenBytes.wireV1().verify("frame-request-extended", versionTwo().toBytes(EXTENDED));
    assertSameFrame(
        format.fromBytes(GoldenBytes.wireV1().read("frame-request-extended")), EXTENDED);
  }

  @Test
  void encode_requestThatMayBeGivenUp_saysSoInVersionTwoOnly() {
    Frame.Request frame =
        request(FrameSamples.REQUEST.context().withCancellation(new Cancellation()));
    byte[] two = versionTwo().toBytes(frame);

    GoldenBytes.wireV1().verify("frame-request-cancellable-extended", two);
    Frame.Request received = (Frame.Request) format.fromBytes(two);
    assertThat(received.context().cancellation()).isNotNull();
    assertThat(received.context().withCancellation(null).principal())
        .isEqualTo(frame.context().principal());
    assertThat(((Frame.Request) format.fromBytes(format.toBytes(frame))).context().cancellation())
        .isNull();
  }

  @Test
  void decode_mutatedExtension_givesAFrameOrMalformed() {
    Mutations mutations = new Mutations(7, List.of(versionTwo().toBytes(EXTENDED)));
    int values = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      values += CodecProbe.probe(versionTwo(), mutations.next()) ? 1 : 0;
    }

    assertThat(values).isBetween(1, MUTATIONS - 1);
  }

  private static final Frame.Request EXTENDED =
      request(
          FrameSamples.REQUEST
              .context()
              .withPrincipal(new Principal("zoe", Set.of("users:read"), "acme", "gold")));

  /** The frame with these bytes in place of an empty extension. */
  private static byte[] extended(byte[] frame, byte[] fields) {
    byte[] extended = new byte[frame.length + fields.length];
    System.arraycopy(frame, 0, extended, 0, EXTENSION_AT);
    extended[EXTENSION_AT] = (byte) fields.length;
    System.arraycopy(fields, 0, extended, EXTENSION_AT + 1, fields.length);
    System.arraycopy(
        frame,
        EXTENSION_AT + 1,
        extended,
        EXTENSION_AT + 1 + fields.length,
        frame.length - EXTENSION_AT - 1);
    return extended;
  }

  private static Principal principalOf(Frame frame) {
    return ((Frame.Request) frame).context().principal();
  }

  @Test
  void decode_versionTwoOnAnOlderNode_isMalformed() {
    FrameFormat older =
        new FrameFormat(() -> FrameSamples.NOW, new ClockOffsets(), new WireVersions(1));

    assertThatThrownBy(() -> older.fromBytes(versionTwo().toBytes(FrameSamples.REQUEST)))
        .isInstanceOf(MalformedFrameException.class)
        .hasMessage("frame version: 2 (expected: 1)");
  }

  private static FrameFormat versionTwo() {
    WireVersions versions = new WireVersions(2);
    versions.agree(List.of(2));
    return new FrameFormat(() -> FrameSamples.NOW, new ClockOffsets(), versions);
  }

  @Test
  void decode_unknownKind_isMalformed() {
    byte[] bytes = format.toBytes(FrameSamples.REQUEST);
    bytes[KIND_AT] = 8;

    assertThatThrownBy(() -> format.fromBytes(bytes))
        .isInstanceOf(MalformedFrameException.class)
        .hasMessage("frame kind: 8 (expected: 0..7)");
  }

  @Test
  void decode_onAnotherNodesClock_keepsTheRemainingTime() {
    // Two JVMs' clocks may differ by anything.
    FrameFormat sender = new FrameFormat(() -> FrameSamples.NOW + 50_000_000L);
    AtomicLong receiversClock = new AtomicLong(Long.MAX_VALUE - 1_000);
    FrameFormat receiver = new FrameFormat(receiversClock::get);

    Frame.Request received =
        (Frame.Request) receiver.fromBytes(sender.toBytes(FrameSamples.REQUEST));

    assertThat(received.context().remaining(receiversClock.get()))
        .isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void decode_requestThatLayInABuffer_hasThatMuchLessTimeLeft() {
    long way = 300;
    long offset = 5_000_000;
    long sentAt = FrameSamples.NOW / 1_000;
    ClockOffsets clocks = new ClockOffsets();
    clocks.observe("node-a", sentAt - 1_000, sentAt - 1_000 + offset + way);
    AtomicLong receiversClock = new AtomicLong((sentAt + offset + way + 100_000) * 1_000);
    FrameFormat receiver = new FrameFormat(receiversClock::get, clocks, new WireVersions(1));

    Frame.Request received =
        (Frame.Request) receiver.fromBytes(format.toBytes(FrameSamples.REQUEST));

    // 250 ms when it was sent, 100 ms longer on its way than the shortest.
    assertThat(received.context().remaining(receiversClock.get()))
        .isEqualTo(Duration.ofMillis(150));
  }

  @Test
  void decode_clockThatCannotBe_neitherThrowsNorGrantsTime() {
    for (long observed : new long[] {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE}) {
      ClockOffsets clocks = new ClockOffsets();
      clocks.observe("node-a", observed, 0);
      FrameFormat receiver = new FrameFormat(() -> FrameSamples.NOW, clocks, new WireVersions(1));

      Frame.Request received =
          (Frame.Request) receiver.fromBytes(format.toBytes(FrameSamples.REQUEST));

      assertThat(received.context().remaining(FrameSamples.NOW))
          .isLessThanOrEqualTo(Duration.ofMillis(250));
    }
  }

  @Test
  void encode_deadlinePassed_arrivesExpired() {
    FrameFormat late = new FrameFormat(() -> FrameSamples.NOW + Duration.ofHours(1).toNanos());

    Frame.Request received = (Frame.Request) format.fromBytes(late.toBytes(FrameSamples.REQUEST));

    assertThat(received.context().isExpired(FrameSamples.NOW)).isTrue();
    assertThat(received.context().remaining(FrameSamples.NOW)).isZero();
  }

  @Test
  void encode_deadlineBeyondADay_isCutToOne() {
    CallContext patient =
        FrameSamples.REQUEST.context().withDeadline(FrameSamples.NOW + Long.MAX_VALUE / 2);

    Frame.Request received = (Frame.Request) format.fromBytes(format.toBytes(request(patient)));

    assertThat(received.context().remaining(FrameSamples.NOW)).isEqualTo(Duration.ofDays(1));
  }

  @Test
  void decode_remainingBeyondADay_isMalformed() {
    CallContext patient =
        FrameSamples.REQUEST.context().withDeadline(FrameSamples.NOW + Long.MAX_VALUE / 2);
    byte[] bytes = format.toBytes(request(patient));
    WireWriter day = new WireWriter(8);
    day.writeVarLong(86_400_000_000L);
    int at = text(bytes).indexOf(text(day.toByteArray()));
    bytes[at]++;

    assertThatThrownBy(() -> format.fromBytes(bytes))
        .hasMessage("remaining: 86400000001 us (expected: <= 86400000000)");
  }

  @Test
  void decode_anonymousCaller_isTheOneAnonymousPrincipal() {
    CallContext anonymous = FrameSamples.REQUEST.context().withPrincipal(Principal.ANONYMOUS);

    Frame.Request received = (Frame.Request) format.fromBytes(format.toBytes(request(anonymous)));

    assertThat(received.context().principal()).isSameAs(Principal.ANONYMOUS);
  }

  @Test
  void decode_failureOfANewerPeer_isInternal() {
    byte[] bytes =
        format.toBytes(
            new Frame.Reply(0, 0, new BusException(ErrorCode.INTERNAL, "a new kind"), null));
    int codeAt = bytes.length - "a new kind".length() - 2;
    assertThat(bytes[codeAt]).isEqualTo((byte) ErrorCode.INTERNAL.number());
    bytes[codeAt] = 99;

    Frame.Reply reply = (Frame.Reply) format.fromBytes(bytes);

    assertThat(Objects.requireNonNull(reply.failure()).code()).isEqualTo(ErrorCode.INTERNAL);
    assertThat(reply.failure()).hasMessage("a new kind");
    assertThat(reply.payload()).isNull();
  }

  @Test
  void decode_eachErrorCode_survives() {
    for (ErrorCode code : ErrorCode.values()) {
      byte[] bytes = format.toBytes(new Frame.Reply(0, 0, new BusException(code, ""), null));

      assertThat(Objects.requireNonNull(((Frame.Reply) format.fromBytes(bytes)).failure()).code())
          .isEqualTo(code);
    }
  }

  @Test
  void encode_payloadThatIsNotBytes_isRefused() {
    assertThatThrownBy(() -> format.toBytes(new Frame.Event("t", "an object of this JVM")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("payload is not encoded");
  }

  @Test
  void encode_malformedFrame_isRefused() {
    assertThatThrownBy(() -> format.toBytes(new Frame.Malformed("x")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void decode_randomFrames_roundTrip() {
    Random random = new Random(3);
    for (int i = 0; i < 500; i++) {
      Frame.Request request = randomRequest(random);
      assertSameFrame(format.fromBytes(format.toBytes(request)), request);
    }
  }

  @Test
  void goldenBytes_eachFile_belongsToAFrame() {
    assertThat(GoldenBytes.wireV1().names())
        .filteredOn(name -> name.startsWith("frame-"))
        .filteredOn(name -> !name.endsWith("-extended"))
        .containsExactlyInAnyOrderElementsOf(FrameSamples.all().keySet());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static Frame.Request request(CallContext context) {
    Frame.Request sample = FrameSamples.REQUEST;
    return new Frame.Request(
        sample.service(),
        sample.operation(),
        sample.callerNode(),
        sample.callerInstance(),
        sample.correlation(),
        context,
        sample.payload());
  }

  private static Frame.Request randomRequest(Random random) {
    byte[] body = new byte[random.nextInt(300)];
    random.nextBytes(body);
    Set<String> scopes =
        new LinkedHashSet<>(IntStream.range(0, random.nextInt(5)).mapToObj(i -> "s" + i).toList());
    long remainingMicros = random.nextInt(10_000_000);
    return new Frame.Request(
        "s".repeat(random.nextInt(200)),
        "o" + random.nextInt(),
        "n" + random.nextLong(),
        random.nextInt(Integer.MAX_VALUE),
        random.nextLong() & Long.MAX_VALUE,
        new CallContext(
            FrameSamples.NOW + remainingMicros * 1_000,
            new TraceContext(
                random.nextLong(), random.nextLong(), random.nextLong(), (byte) 1, "a=é"),
            new Principal("p" + random.nextInt(), scopes),
            List.of(Priority.values()).get(random.nextInt(4)),
            random.nextBoolean()),
        new EncodedPayload(body));
  }

  private static void assertSameFrame(Frame actual, Frame expected) {
    if (expected instanceof Frame.Reply reply && reply.failure() != null) {
      // Exceptions have no equals.
      BusException failure = Objects.requireNonNull(((Frame.Reply) actual).failure());
      assertThat(failure.code()).isEqualTo(reply.failure().code());
      assertThat(failure).hasMessage(reply.failure().getMessage());
      assertThat(actual).isEqualTo(new Frame.Reply(3, 12, failure, null));
    } else if (expected instanceof StreamFrame.Reset reset) {
      BusException reason = ((StreamFrame.Reset) actual).reason();
      assertThat(reason).hasToString(reset.reason().toString());
      assertThat(actual).isEqualTo(new StreamFrame.Reset(reset.from(), reset.to(), reason));
    } else {
      // Recursive, since a byte[] is equal to itself only.
      assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
    }
  }
}
