package dev.starling.bench.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.load.User;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class OwnersTest {
  private static final Owners THREE = new Owners(Map.of("a", "one", "b", "two", "c", "three"));
  private static final int USERS = 300;

  @Test
  void users_ofThreeNodes_areSharedOut() {
    Map<String, Integer> owned = new TreeMap<>();
    for (int i = 0; i < USERS; i++) {
      owned.merge(THREE.of(user(i)), 1, Integer::sum);
    }

    assertThat(owned).containsOnlyKeys("one", "two", "three");
    assertThat(owned.values()).allMatch(count -> count > USERS / 6);
  }

  @Test
  void users_ofNodesThatStay_keepTheirOwner() {
    Owners two = new Owners(Map.of("a", "one", "c", "three"));
    for (int i = 0; i < USERS; i++) {
      String before = THREE.of(user(i));
      if (!before.equals("two")) {
        assertThat(two.of(user(i))).isEqualTo(before);
      }
    }
  }

  private static User user(int number) {
    return new User(new UUID(0x0198_0000_0000_7000L + number, number).toString(), "");
  }
}
