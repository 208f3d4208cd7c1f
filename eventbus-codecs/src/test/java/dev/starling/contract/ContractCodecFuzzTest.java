package dev.starling.contract;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.starling.codec.CodecProbe;
import dev.starling.contract.ContractSamples.Sample;
import dev.starling.contract.auth.AuthContract;
import dev.starling.contract.decision.DecisionContract;
import dev.starling.contract.device.DeviceContract;
import dev.starling.contract.inference.JobContract;
import dev.starling.contract.node.Heartbeat;
import dev.starling.contract.node.NodeContract;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.order.ProductContract;
import dev.starling.contract.ratelimit.RateLimitContract;
import dev.starling.contract.service.ServiceRecord;
import dev.starling.contract.users.UsersContract;
import dev.starling.contract.vectors.VectorShardsContract;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes give a message or {@code MalformedFrameException}, at a bounded cost.
 *
 * <p>A normal build replays the seeds. To search for new ones, with one test at a time:
 *
 * <pre>
 * JAZZER_FUZZ=1 mvn -pl eventbus-codecs -am test -Dtest='ContractCodecFuzzTest#spend' \
 *   -Dsurefire.failIfNoSpecifiedTests=false \
 *   -Djazzer.hooks=true -Djazzer.max_duration=10m
 * </pre>
 *
 * <p>Jazzer keeps what fails in {@code src/test/resources} under this package; commit it.
 */
class ContractCodecFuzzTest {

  /** The bytes of every message: each codec gets its own, and those of all others. */
  static Stream<byte[]> seeds() {
    return ContractSamples.all().stream().map(Sample::bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void verifyToken(byte[] bytes) {
    CodecProbe.probe(AuthContract.VERIFY.request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void verification(byte[] bytes) {
    CodecProbe.probe(AuthContract.VERIFY.reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void tokensRevoked(byte[] bytes) {
    CodecProbe.probe(AuthContract.REVOKED.codec(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void vectorShardsSearch(byte[] bytes) {
    CodecProbe.probe(VectorShardsContract.search("n-1").request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void vectorShardsFinding(byte[] bytes) {
    CodecProbe.probe(VectorShardsContract.search("n-1").reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void vectorShardsWrite(byte[] bytes) {
    CodecProbe.probe(VectorShardsContract.write("n-1").request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void vectorShardsWriting(byte[] bytes) {
    CodecProbe.probe(VectorShardsContract.write("n-1").reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void vectorShardsAsk(byte[] bytes) {
    CodecProbe.probe(VectorShardsContract.stand("n-1").request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void vectorShardsStandings(byte[] bytes) {
    CodecProbe.probe(VectorShardsContract.stand("n-1").reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void spend(byte[] bytes) {
    CodecProbe.probe(RateLimitContract.SPEND.request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void decision(byte[] bytes) {
    CodecProbe.probe(RateLimitContract.SPEND.reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void lend(byte[] bytes) {
    CodecProbe.probe(RateLimitContract.lend("n-1").request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void lending(byte[] bytes) {
    CodecProbe.probe(RateLimitContract.lend("n-1").reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void operationRequest(byte[] bytes) {
    CodecProbe.probe(OperationRequest.CODEC, bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void operationReply(byte[] bytes) {
    CodecProbe.probe(OperationReply.CODEC, bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void streamMessage(byte[] bytes) {
    CodecProbe.probe(StreamMessage.CODEC, bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void serviceRecord(byte[] bytes) {
    CodecProbe.probe(ServiceRecord.CODEC, bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void serviceRecordV2(byte[] bytes) {
    CodecProbe.probe(ServiceRecord.CODEC_V2, bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void describedV2(byte[] bytes) {
    CodecProbe.probe(NodeContract.describeV2("n-1").reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void describe(byte[] bytes) {
    CodecProbe.probe(NodeContract.describe("n-1").request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void described(byte[] bytes) {
    CodecProbe.probe(NodeContract.describe("n-1").reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void canary(byte[] bytes) {
    CodecProbe.probe(NodeContract.canary("n-1").request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void decisionQuestion(byte[] bytes) {
    CodecProbe.probe(DecisionContract.decisions("n-1").request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void decisionsKept(byte[] bytes) {
    CodecProbe.probe(DecisionContract.decisions("n-1").reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void heartbeat(byte[] bytes) {
    CodecProbe.probe(Heartbeat.TOPIC.codec(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void reserve(byte[] bytes) {
    CodecProbe.probe(UsersContract.RESERVE.request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void reservation(byte[] bytes) {
    CodecProbe.probe(UsersContract.RESERVE.reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void confirm(byte[] bytes) {
    CodecProbe.probe(UsersContract.CONFIRM.request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void confirmation(byte[] bytes) {
    CodecProbe.probe(UsersContract.CONFIRM.reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void find(byte[] bytes) {
    CodecProbe.probe(UsersContract.FIND.request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void finding(byte[] bytes) {
    CodecProbe.probe(UsersContract.FIND.reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void userChanged(byte[] bytes) {
    CodecProbe.probe(UsersContract.CHANGED.codec(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void jobChanged(byte[] bytes) {
    CodecProbe.probe(JobContract.CHANGED.codec(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void findProduct(byte[] bytes) {
    CodecProbe.probe(ProductContract.FIND.request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void productFinding(byte[] bytes) {
    CodecProbe.probe(ProductContract.FIND.reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void listProducts(byte[] bytes) {
    CodecProbe.probe(ProductContract.LIST.request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void products(byte[] bytes) {
    CodecProbe.probe(ProductContract.LIST.reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void listDevices(byte[] bytes) {
    CodecProbe.probe(DeviceContract.LIST.request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void devices(byte[] bytes) {
    CodecProbe.probe(DeviceContract.LIST.reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void commandsChanged(byte[] bytes) {
    CodecProbe.probe(DeviceContract.COMMANDS_CHANGED.codec(), bytes);
  }
}
