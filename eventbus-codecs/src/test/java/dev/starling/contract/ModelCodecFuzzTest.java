package dev.starling.contract;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.starling.bus.Pieces;
import dev.starling.codec.CodecProbe;
import dev.starling.contract.ContractSamples.Sample;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.ModelContract;
import dev.starling.contract.vectors.VectorsContract;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The same as {@link ContractCodecFuzzTest} for what models and vectors send. */
class ModelCodecFuzzTest {

  static Stream<byte[]> seeds() {
    return ContractSamples.all().stream().map(Sample::bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void infer(byte[] bytes) {
    CodecProbe.probe(InferenceContract.infer("m").request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void inference(byte[] bytes) {
    CodecProbe.probe(InferenceContract.infer("m").reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void inferLarge(byte[] bytes) {
    CodecProbe.probe(InferenceContract.inferLarge("m").request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void admission(byte[] bytes) {
    CodecProbe.probe(InferenceContract.inferLarge("m").answer(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void piece(byte[] bytes) {
    CodecProbe.probe(Pieces.CODEC, bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void ask(byte[] bytes) {
    CodecProbe.probe(ModelContract.models("n-1").request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void load(byte[] bytes) {
    CodecProbe.probe(ModelContract.load("n-1").request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void unload(byte[] bytes) {
    CodecProbe.probe(ModelContract.unload("n-1").request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void changed(byte[] bytes) {
    CodecProbe.probe(ModelContract.load("n-1").reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void models(byte[] bytes) {
    CodecProbe.probe(ModelContract.MODELS.codec(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void create(byte[] bytes) {
    CodecProbe.probe(VectorsContract.CREATE.request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void upsert(byte[] bytes) {
    CodecProbe.probe(VectorsContract.UPSERT.request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void delete(byte[] bytes) {
    CodecProbe.probe(VectorsContract.DELETE.request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void search(byte[] bytes) {
    CodecProbe.probe(VectorsContract.SEARCH.request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void vectorsReply(byte[] bytes) {
    CodecProbe.probe(VectorsContract.SEARCH.reply(), bytes);
  }
}
