package dev.starling.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.policy.rule.Named;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuardTableTest {
  private record Rule(String name, int number) implements Named {}

  private final GuardTable<Rule, StringBuilder> table =
      new GuardTable<>(rule -> new StringBuilder(rule.name() + rule.number()));

  @Test
  void apply_sameRule_keepsItsGuard() {
    table.apply(List.of(new Rule("a", 1), new Rule("b", 1)));
    StringBuilder kept = table.byName().get("a");

    List<StringBuilder> gone = table.apply(List.of(new Rule("c", 1), new Rule("a", 1)));

    assertThat(table.byName().get("a")).isSameAs(kept);
    assertThat(gone).hasToString("[b1]");
    assertThat(table.byName().values()).hasToString("[c1, a1]");
  }

  @Test
  void apply_sameNameOtherNumber_makesAnother() {
    table.apply(List.of(new Rule("a", 1)));

    List<StringBuilder> gone = table.apply(List.of(new Rule("a", 2)));

    assertThat(gone).hasToString("[a1]");
    assertThat(table.byName().get("a")).hasToString("a2");
  }

  @Test
  void byName_beforeThereAreRules_isEmpty() {
    assertThat(table.byName()).isEmpty();
  }
}
