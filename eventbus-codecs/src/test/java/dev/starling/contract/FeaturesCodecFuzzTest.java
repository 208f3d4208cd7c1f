package dev.starling.contract;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.starling.codec.CodecProbe;
import dev.starling.contract.ContractSamples.Sample;
import dev.starling.contract.features.ImageFeaturesContract;
import dev.starling.contract.features.TextFeaturesContract;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The same as {@link ContractCodecFuzzTest} for what is said about texts and pictures. */
class FeaturesCodecFuzzTest {

  static Stream<byte[]> seeds() {
    return ContractSamples.all().stream().map(Sample::bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void embed(byte[] bytes) {
    CodecProbe.probe(TextFeaturesContract.EMBED.request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void textFeatures(byte[] bytes) {
    CodecProbe.probe(TextFeaturesContract.EMBED.reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void embedAll(byte[] bytes) {
    CodecProbe.probe(TextFeaturesContract.EMBED_ALL.request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void allFeatures(byte[] bytes) {
    CodecProbe.probe(TextFeaturesContract.EMBED_ALL.reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void describe(byte[] bytes) {
    CodecProbe.probe(ImageFeaturesContract.DESCRIBE.request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void imageFeatures(byte[] bytes) {
    CodecProbe.probe(ImageFeaturesContract.DESCRIBE.reply(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void describeLarge(byte[] bytes) {
    CodecProbe.probe(ImageFeaturesContract.DESCRIBE_LARGE.request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void admission(byte[] bytes) {
    CodecProbe.probe(ImageFeaturesContract.DESCRIBE_LARGE.answer(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void encodeText(byte[] bytes) {
    CodecProbe.probe(ImageFeaturesContract.ENCODE_TEXT.request(), bytes);
  }

  @MethodSource("seeds")
  @FuzzTest
  void encoding(byte[] bytes) {
    CodecProbe.probe(ImageFeaturesContract.ENCODE_TEXT.reply(), bytes);
  }
}
