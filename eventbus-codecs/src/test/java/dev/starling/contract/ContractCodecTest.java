package dev.starling.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.bus.Principal;
import dev.starling.bus.Priority;
import dev.starling.codec.Codec;
import dev.starling.codec.CodecProbe;
import dev.starling.codec.GoldenBytes;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.Mutations;
import dev.starling.codec.WireWriter;
import dev.starling.contract.ContractSamples.Sample;
import dev.starling.contract.auth.AuthContract;
import dev.starling.contract.auth.AuthContract.Reason;
import dev.starling.contract.auth.AuthContract.Rejected;
import dev.starling.contract.auth.AuthContract.Verified;
import dev.starling.contract.decision.Decision;
import dev.starling.contract.decision.DecisionContract;
import dev.starling.contract.features.ImageFeatures;
import dev.starling.contract.features.ImageFeaturesContract;
import dev.starling.contract.features.TextFeaturesContract;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.ModelContract;
import dev.starling.contract.inference.Tensor;
import dev.starling.contract.node.Heartbeat;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.operation.Violation;
import dev.starling.contract.ratelimit.RateLimitContract;
import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Window;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.ServiceRecord;
import dev.starling.contract.vectors.VectorsContract;
import dev.starling.contract.vectors.VectorsContract.Point;
import dev.starling.contract.vectors.VectorsContract.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class ContractCodecTest {
  private static final int MUTATIONS = 3000;

  static Stream<Sample<?>> samples() {
    return ContractSamples.all().stream();
  }

  @ParameterizedTest
  @MethodSource("samples")
  <T> void decode_encodedMessage_givesAnEqualOne(Sample<T> sample) {
    T decoded = sample.codec().fromBytes(sample.bytes());

    // Recursive, since a record with a byte[] is equal to itself only.
    assertThat(decoded).usingRecursiveComparison().isEqualTo(sample.value());
    assertThat(decoded).hasSameClassAs(sample.value());
  }

  @ParameterizedTest
  @MethodSource("samples")
  void encode_eachMessage_givesTheGoldenBytes(Sample<?> sample) {
    GoldenBytes.wireV1().verify(sample.name(), sample.bytes());
  }

  @ParameterizedTest
  @MethodSource("samples")
  <T> void decode_goldenBytes_givesTheMessage(Sample<T> sample) {
    T decoded = sample.codec().fromBytes(GoldenBytes.wireV1().read(sample.name()));

    assertThat(decoded).usingRecursiveComparison().isEqualTo(sample.value());
  }

  @Test
  void goldenBytes_eachFile_belongsToAMessage() {
    assertThat(GoldenBytes.wireV1().names())
        .filteredOn(name -> !name.startsWith("frame-"))
        .containsExactlyInAnyOrderElementsOf(samples().map(Sample::name).toList());
  }

  @ParameterizedTest
  @MethodSource("samples")
  void decode_cutOffAnywhere_isMalformed(Sample<?> sample) {
    byte[] bytes = sample.bytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] part = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> sample.codec().fromBytes(part))
          .as("the first %d bytes", length)
          .isInstanceOf(MalformedFrameException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void decode_oneByteTooMany_isMalformed(Sample<?> sample) {
    byte[] longer = Arrays.copyOf(sample.bytes(), sample.bytes().length + 1);

    assertThatThrownBy(() -> sample.codec().fromBytes(longer))
        .isInstanceOf(MalformedFrameException.class)
        .hasMessage("trailing bytes: 1 (expected: 0)");
  }

  @ParameterizedTest
  @MethodSource("samples")
  void decode_mutatedBytes_givesAValueOrMalformed(Sample<?> sample) {
    List<byte[]> bytes = new ArrayList<>(samples().map(Sample::bytes).toList());
    // Half of the draws are of this type, so that damage is found behind a good beginning.
    bytes.addAll(Collections.nCopies(bytes.size(), sample.bytes()));
    Mutations mutations = new Mutations(sample.name().hashCode(), bytes);
    int values = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      values += CodecProbe.probe(sample.codec(), mutations.next()) ? 1 : 0;
    }

    // Neither everything nor nothing was readable: the mutations reach what they should.
    assertThat(values).isBetween(1, MUTATIONS - 1);
  }

  static Stream<Sample<?>> denseMessages() {
    int count = 5000;
    Header header = new Header("", "");
    return Stream.of(
        new Sample<>(
            "path of empty texts",
            OperationRequest.CODEC,
            request(Collections.nCopies(count, ""), List.of())),
        new Sample<>(
            "path of short texts that are not ASCII",
            OperationRequest.CODEC,
            request(Collections.nCopies(count, "é"), List.of())),
        new Sample<>(
            "path of replacement characters",
            OperationRequest.CODEC,
            request(Collections.nCopies(count, "\uFFFD"), List.of())),
        new Sample<>(
            "empty headers",
            OperationRequest.CODEC,
            request(List.of(), Collections.nCopies(count, header))),
        new Sample<>(
            "empty violations",
            OperationReply.CODEC,
            new OperationReply.Refused(
                Refusal.INVALID,
                "",
                "",
                Collections.nCopies(count, new Violation("", "")),
                List.of())),
        new Sample<>(
            "empty windows",
            RateLimitContract.SPEND.reply(),
            new Allowed(Collections.nCopies(count, new Window("", 0, 0, 0, 0)), 0, List.of())),
        new Sample<>(
            "empty decisions",
            DecisionContract.decisions("n-1").reply(),
            new DecisionContract.Kept(Collections.nCopies(count, emptyDecision()))),
        new Sample<>(
            "empty counters",
            Decision.CODEC,
            decisionWith(Collections.nCopies(count, new Decision.Counter("", 0)))),
        new Sample<>(
            "empty operations",
            ServiceRecord.CODEC,
            new ServiceRecord("", "", Collections.nCopies(count, emptyOperation()), "")),
        new Sample<>(
            "empty operations of version 2",
            ServiceRecord.CODEC_V2,
            new ServiceRecord("", "", Collections.nCopies(count, emptyOperation()), "")),
        new Sample<>(
            "empty tensors",
            InferenceContract.infer("m").request(),
            new InferenceContract.Infer("", Collections.nCopies(count, emptyTensor()), List.of())),
        new Sample<>(
            "empty models",
            ModelContract.MODELS.codec(),
            new ModelContract.NodeModels("", Collections.nCopies(count, emptyModel()))),
        new Sample<>(
            "empty points",
            VectorsContract.UPSERT.request(),
            new VectorsContract.Upsert(
                "", "", Collections.nCopies(count, new Point("", new Text(""), "")))),
        new Sample<>(
            "empty matches",
            VectorsContract.SEARCH.reply(),
            new VectorsContract.Matches(
                Collections.nCopies(count, new VectorsContract.Match("", 0, "")), false)),
        new Sample<>(
            "empty embeddings",
            TextFeaturesContract.EMBED_ALL.reply(),
            new TextFeaturesContract.AllFeatures(
                Collections.nCopies(count, new TextFeaturesContract.Embedded("", new float[0])))),
        new Sample<>(
            "short scopes", AuthContract.VERIFY.reply(), verified(count, Integer::toString)),
        new Sample<>(
            "shortest scopes",
            AuthContract.VERIFY.reply(),
            verified(120, i -> String.valueOf((char) i))));
  }

  @ParameterizedTest
  @MethodSource("denseMessages")
  void decode_manyTinyElements_staysWithinTheAllocationBound(Sample<?> sample) {
    assertThat(CodecProbe.probe(sample.codec(), sample.bytes())).isTrue();
  }

  @Test
  void decode_scopesOfOneHash_takesNoQuadraticTime() {
    // "Aa" and "BB" have one hash code, so all 2^17 scopes have; linear probing would compare 2^33
    // pairs and run into the class's timeout.
    Verified verified =
        verified(1 << 17, i -> toBinary(i, 17).replace("0", "Aa").replace("1", "BB"));
    Codec<AuthContract.Verification> codec = AuthContract.VERIFY.reply();

    assertThat(codec.fromBytes(codec.toBytes(verified))).isEqualTo(verified);
  }

  @Test
  void encode_scopes_keepsTheirOrder() {
    Verified ab = verified(2, i -> i == 0 ? "a" : "b");
    Verified ba = verified(2, i -> i == 0 ? "b" : "a");
    Codec<AuthContract.Verification> codec = AuthContract.VERIFY.reply();

    assertThat(ab).isEqualTo(ba);
    assertThat(codec.toBytes(ab)).isNotEqualTo(codec.toBytes(ba));
    assertThat(((Verified) codec.fromBytes(codec.toBytes(ba))).principal().scopes())
        .containsExactly("b", "a");
  }

  @Test
  void encode_negativeCount_isRefusedInsteadOfWrittenWrong() {
    Rejected rejected = new Rejected(Reason.FLOOD, "", -1);

    assertThatThrownBy(() -> AuthContract.VERIFY.reply().toBytes(rejected))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("varint: -1 (expected: >= 0)");
  }

  @Test
  void decode_unknownKind_namesItAndWhatWasExpected() {
    byte[] kindNine = {9};
    for (Sample<?> sample : ContractSamples.all()) {
      if (sample.value() instanceof AuthContract.Verification
          || sample.value() instanceof RateLimitContract.Decision
          || sample.value() instanceof DecisionContract.Question
          || sample.value() instanceof RateLimitContract.Lending
          || sample.value() instanceof OperationReply) {
        assertThatThrownBy(() -> sample.codec().fromBytes(kindNine))
            .hasMessageMatching("[a-z]+: 9 \\(expected: 0..[12]\\)");
      }
    }
  }

  @Test
  void ordinals_ofEnumsThatTravel_arePinned() {
    // The ordinal is on the wire: append only.
    assertThat(names(Priority.values()))
        .containsExactly("OPERATIONS", "CRITICAL", "NORMAL", "SHEDDABLE");
    assertThat(names(Heartbeat.State.values())).containsExactly("JOINING", "SERVING", "DRAINING");
    assertThat(names(Decision.Kind.values()))
        .containsExactly(
            "LIMITED", "SHED", "BULKHEAD", "BREAKER", "DEADLINE", "CROWDED", "UNAVAILABLE");
    assertThat(names(Reason.values()))
        .containsExactly(
            "MALFORMED",
            "BAD_SIGNATURE",
            "EXPIRED",
            "NOT_YET_VALID",
            "WRONG_CLAIMS",
            "REVOKED",
            "FLOOD");
    assertThat(names(Kind.values()))
        .containsExactly("OK", "CREATED", "ACCEPTED", "NO_CONTENT", "NOT_MODIFIED");
    assertThat(names(Refusal.values()))
        .containsExactly(
            "MALFORMED",
            "INVALID",
            "UNAUTHENTICATED",
            "FORBIDDEN",
            "ABSENT",
            "CONFLICT",
            "PRECONDITION_FAILED",
            "PRECONDITION_REQUIRED",
            "UNSUPPORTED_MEDIA_TYPE",
            "TOO_LARGE",
            "LIMITED",
            "NOT_EXECUTED",
            "UNKNOWN_OUTCOME");
  }

  @Test
  void ordinals_ofEnumsOfModels_arePinned() {
    assertThat(names(DataType.values()))
        .containsExactly(
            "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64",
            "FP16", "FP32", "FP64", "BYTES");
    assertThat(names(InferenceContract.Reason.values())).containsExactly("INVALID", "NOT_HERE");
    assertThat(names(ModelContract.Outcome.values())).containsExactly("DONE", "ABSENT", "REFUSED");
    assertThat(names(ModelContract.State.values()))
        .containsExactly("LOADING", "READY", "UNLOADING", "UNAVAILABLE");
    assertThat(names(VectorsContract.Metric.values()))
        .containsExactly("COSINE", "DOT", "EUCLIDEAN");
    assertThat(names(VectorsContract.Reason.values()))
        .containsExactly("INVALID", "ABSENT", "CONFLICT", "NOT_EXECUTED");
    assertThat(names(ImageFeatures.Reason.values()))
        .containsExactly("UNSUPPORTED", "DAMAGED", "TOO_LARGE", "UNFOLDS_TOO_FAR");
    assertThat(names(ImageFeaturesContract.Why.values())).containsExactly("NO_ENCODER", "INVALID");
    assertThat(names(OperationRecord.Interaction.values()))
        .containsExactly("CALL", "STREAM", "SOCKET", "BULK", "RAW");
    assertThat(names(OperationRecord.ErrorShape.values())).containsExactly("PROBLEM", "MESSAGE");
  }

  @Test
  void serviceRecord_thatVersion1HasNoWordsFor_isWrittenInVersion2Only() {
    ServiceRecord raw = new ServiceRecord("m", "1", List.of(ContractSamples.RAW_OPERATION), "{}");

    assertThat(raw.isPlain()).isFalse();
    assertThat(raw.codec()).isSameAs(ServiceRecord.CODEC_V2);
    assertThatThrownBy(() -> ServiceRecord.CODEC.toBytes(raw))
        .hasMessageContaining("open-inference.infer needs version 2");
    assertThat(ServiceRecord.CODEC_V2.fromBytes(ServiceRecord.CODEC_V2.toBytes(raw)))
        .isEqualTo(raw);
  }

  @Test
  void serviceRecord_hintsOfAnOperation_travelInVersionTwoAndDoNotTellRecordsApart() {
    OperationRecord plain = emptyOperation();
    ServiceRecord record =
        new ServiceRecord(
            "",
            "",
            List.of(
                new OperationRecord(
                    plain.id(),
                    plain.method(),
                    plain.path(),
                    plain.open(),
                    plain.scope(),
                    plain.priority(),
                    plain.safeToRetry(),
                    plain.deadlineMillis(),
                    plain.maxBodyBytes(),
                    plain.headers(),
                    plain.interaction(),
                    plain.errors(),
                    true,
                    plain.document())),
            "");

    ServiceRecord older = new ServiceRecord("", "", List.of(plain), "");
    ServiceRecord read = ServiceRecord.CODEC_V2.fromBytes(ServiceRecord.CODEC_V2.toBytes(record));
    assertThat(read).isEqualTo(record);
    assertThat(read.operations().get(0).cancellable()).isTrue();
    assertThat(ServiceRecord.CODEC.fromBytes(ServiceRecord.CODEC.toBytes(record))).isEqualTo(older);
    assertThat(record.identity()).isEqualTo(older.identity());
    assertThat(record.isPlain()).isTrue();
  }

  @Test
  void serviceRecord_withAFieldOfALaterNode_isReadWithoutIt() {
    ServiceRecord plain = new ServiceRecord("", "", List.of(emptyOperation()), "");
    WireWriter later = new WireWriter(64);
    byte[] v1 = ServiceRecord.CODEC.toBytes(plain);
    // Before the empty schemas: a length, then tag 99 with two bytes.
    later.writeRaw(Arrays.copyOf(v1, v1.length - 1));
    later.writeBytes(new byte[] {99, 2, 1, 2});
    later.writeString("");

    assertThat(ServiceRecord.CODEC_V2.fromBytes(later.toByteArray())).isEqualTo(plain);
  }

  @Test
  void writeEnum_ordinal_isWhatIsPinned() {
    WireWriter out = new WireWriter(1);
    out.writeEnum(Refusal.UNKNOWN_OUTCOME);

    assertThat(out.toByteArray()).containsExactly(12);
  }

  private static List<String> names(Enum<?>[] constants) {
    return Stream.of(constants).map(Enum::name).toList();
  }

  private static OperationRequest request(List<String> path, List<Header> headers) {
    return new OperationRequest("", path, "", headers, "", new byte[0]);
  }

  private static Decision emptyDecision() {
    return decisionWith(List.of());
  }

  private static Decision decisionWith(List<Decision.Counter> counters) {
    return new Decision(
        "",
        "",
        0,
        Decision.Call.UNKNOWN,
        new Decision.Refusal(Decision.Kind.LIMITED, 0, "", 0, 0, 0, counters));
  }

  private static Tensor emptyTensor() {
    return new Tensor("", DataType.BOOL, List.of(), new byte[0]);
  }

  private static ModelContract.ModelRecord emptyModel() {
    return new ModelContract.ModelRecord(
        "", "", ModelContract.State.LOADING, false, "", "", List.of(), List.of());
  }

  private static OperationRecord emptyOperation() {
    return new OperationRecord(
        "",
        "",
        "",
        false,
        null,
        Priority.OPERATIONS,
        false,
        0,
        0,
        List.of(),
        OperationRecord.Interaction.CALL,
        "");
  }

  private static Verified verified(int count, IntFunction<String> scope) {
    Set<String> scopes = new LinkedHashSet<>(IntStream.range(0, count).mapToObj(scope).toList());
    assertThat(scopes).hasSize(count);
    return new Verified(new Principal("", scopes), 0);
  }

  private static String toBinary(int value, int digits) {
    return Integer.toBinaryString(1 << digits | value).substring(1);
  }
}
