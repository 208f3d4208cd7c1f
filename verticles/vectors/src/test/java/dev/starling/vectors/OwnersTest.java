package dev.starling.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.vectors.VectorShardsContract.NotWritten;
import dev.starling.contract.vectors.VectorShardsContract.Reason;
import dev.starling.contract.vectors.VectorShardsContract.Writing;
import dev.starling.contract.vectors.VectorShardsContract.Written;
import dev.starling.postgres.shards.Shards;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnersTest {

  @Test
  void owner_nodeThatLeaves_losesItsShardsAndNobodyElse() {
    List<String> three = List.of("n-a", "n-b", "n-c");
    List<String> two = List.of("n-a", "n-c");

    for (int shard : Owners.ALL_SHARDS) {
      String before = Owners.choose(three, "n-a", shard);
      String after = Owners.choose(two, "n-a", shard);
      assertThat(after).isEqualTo(before.equals("n-b") ? after : before).isNotEqualTo("n-b");
    }
  }

  @Test
  void owner_ofThree_eachHasAFairShare() {
    List<String> three = List.of("n-a", "n-b", "n-c");

    for (String node : three) {
      assertThat(
              Owners.ALL_SHARDS.stream()
                  .filter(shard -> Owners.choose(three, "n-a", shard).equals(node)))
          .hasSizeBetween(5, 18);
    }
  }

  @Test
  void owner_whileNobodyIsKnown_isThisNode() {
    assertThat(Owners.choose(List.of(), "n-a", 3)).isEqualTo("n-a");
  }

  /** Where a point is stored must never change. */
  @ParameterizedTest
  @CsvSource({"a, 1", "b, 6", "point-17, 24", "é, 19"})
  void shard_ofAPoint_isForGood(String id, int shard) {
    UUID collection = UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e");

    assertThat(PointShards.of(collection, id)).isEqualTo(shard);
  }

  @Test
  void shard_ofManyPoints_areEven() {
    int[] counts = new int[Shards.COUNT];
    UUID collection = UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e");
    IntStream.range(0, 32_000).forEach(i -> counts[PointShards.of(collection, "p" + i)]++);

    for (int count : counts) {
      assertThat(count).isBetween(850, 1150);
    }
  }

  @Test
  void together_allWritten_isWritten() {
    assertThat(ShardAnswers.together(List.of(new Written(), new Written())))
        .isEqualTo(new Written());
  }

  @Test
  void together_noneWritten_isNotExecuted() {
    Writing not = new NotWritten(Reason.NOT_EXECUTED, "full");

    assertThat(ShardAnswers.together(List.of(not, not))).isEqualTo(not);
  }

  @Test
  void together_someWritten_isUnknown() {
    assertThat(
            ShardAnswers.together(
                List.of(new Written(), new NotWritten(Reason.NOT_EXECUTED, "full"))))
        .isEqualTo(new NotWritten(Reason.UNKNOWN, "some of it may have been written: full"));
  }
}
