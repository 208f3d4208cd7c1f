package dev.starling.inference.vetting;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.starling.inference.EvilModels;
import dev.starling.inference.EvilModels.Evil;
import dev.starling.inference.OnnxProtos;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes give a verdict, and what is let through is a model to ONNX's own classes too.
 *
 * <p>A normal build replays the seeds. To search for new ones:
 *
 * <pre>
 * JAZZER_FUZZ=1 mvn -pl verticles/inference -am test -Dtest='OnnxVettingFuzzTest' \
 *   -Dsurefire.failIfNoSpecifiedTests=false \
 *   -Djazzer.hooks=true -Djazzer.max_duration=10m
 * </pre>
 */
class OnnxVettingFuzzTest {

  static Stream<byte[]> seeds() {
    return Stream.concat(
        Stream.of(OnnxProtos.plus(1)),
        Stream.concat(EvilModels.bySight().stream(), EvilModels.byTrial().stream())
            .map(Evil::file));
  }

  @MethodSource("seeds")
  @FuzzTest
  void verdict(byte[] file) {
    VettingProbe.probe(file);
  }
}
