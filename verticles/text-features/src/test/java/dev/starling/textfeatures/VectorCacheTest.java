package dev.starling.textfeatures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.features.TextFeaturesContract.Embedded;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class VectorCacheTest {
  /** Of a text of one character and a vector of one number. */
  private static final int ENTRY = 144 + 2 + 4;

  private final AtomicLong told = new AtomicLong();
  private final VectorCache cache = new VectorCache(3 * ENTRY, told::addAndGet);

  @Test
  void put_overTheBound_forgetsWhatWasNotAskedForTheLongest() {
    cache.put("a", embedded("m/1"));
    cache.put("b", embedded("m/1"));
    cache.put("c", embedded("m/1"));
    assertThat(cache.get("a")).isNotNull();

    cache.put("d", embedded("m/1"));

    assertThat(cache.get("b")).isNull();
    assertThat(cache.get("a")).isNotNull();
    assertThat(cache.get("c")).isNotNull();
    assertThat(cache.get("d")).isNotNull();
    assertThat(cache.bytes()).isEqualTo(3 * ENTRY);
    assertThat(told).hasValue(3 * ENTRY);
  }

  @Test
  void put_largerThanTheBound_isNotKeptAndForgetsNothing() {
    cache.put("a", embedded("m/1"));

    cache.put("b".repeat(2 * ENTRY), embedded("m/1"));

    assertThat(cache.size()).isEqualTo(1);
    assertThat(cache.get("a")).isNotNull();
  }

  @Test
  void put_again_countsOnce() {
    cache.put("a", embedded("m/1"));
    cache.put("a", embedded("m/1"));

    assertThat(cache.bytes()).isEqualTo(ENTRY);
    assertThat(told).hasValue(ENTRY);
  }

  @Test
  void serves_anotherVersion_forgetsAll() {
    cache.put("a", embedded("m/1"));
    cache.serves("m/1");
    assertThat(cache.get("a")).isNotNull();

    cache.serves("m/2");

    assertThat(cache.get("a")).isNull();
    assertThat(cache.bytes()).isZero();
    assertThat(told).hasValue(0);
  }

  @Test
  void cache_ofNoBytes_remembersNothing() {
    VectorCache none = new VectorCache(0, told::addAndGet);

    none.put("a", embedded("m/1"));

    assertThat(none.get("a")).isNull();
    assertThat(told).hasValue(0);
  }

  private static Embedded embedded(String model) {
    return new Embedded(model, new float[] {1});
  }
}
