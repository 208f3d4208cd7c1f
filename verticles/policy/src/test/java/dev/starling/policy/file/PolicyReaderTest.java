package dev.starling.policy.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.policy.Fixtures.Fixture;
import dev.starling.policy.file.PolicyReader.Outcome;
import dev.starling.policy.rule.Algorithm;
import dev.starling.policy.rule.LimitRule;
import dev.starling.policy.rule.Match;
import dev.starling.policy.rule.Per;
import dev.starling.policy.rule.Rate;
import dev.starling.policy.rule.Sharing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyReaderTest {

  @ParameterizedTest
  @MethodSource("dev.starling.policy.Fixtures#mistaken")
  void read_fileWithMistakes_namesEachOfThem(Fixture fixture) {
    assertThat(mistakes(fixture.text()))
        .containsExactlyElementsOf(
            fixture.mistakes().stream().map(line -> "policies.yaml: " + line).toList());
  }

  @ParameterizedTest
  @MethodSource("dev.starling.policy.Fixtures#accepted")
  void read_goodFile_isValid(Fixture fixture) {
    assertThat(PolicyReader.read("policies.yaml", fixture.text()))
        .isInstanceOf(Outcome.Valid.class);
  }

  @Test
  void read_ruleAsOperatorsWriteIt_bindsEveryKey() {
    PolicyFile file =
        valid(
            """
            limits:
              - name: ping-burst
                match: { method: GET, path: /v1/ping }
                per: ip
                rate: { second: 10, minute: 600 }
                algorithm: token-bucket
                policy: redis
            """);

    assertThat(file.limits())
        .containsExactly(
            new LimitRule(
                "ping-burst",
                new Match(
                    List.of("GET"),
                    List.of("/v1/ping"),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of()),
                List.of(Per.IP),
                new Rate(
                    List.of(
                        new Rate.Window(Duration.ofSeconds(1), 10),
                        new Rate.Window(Duration.ofMinutes(1), 600))),
                null,
                null,
                Algorithm.TOKEN_BUCKET,
                Sharing.REDIS,
                false));
  }

  @Test
  void read_shippedFile_saysWhatHoldsWithoutAFile() throws IOException {
    PolicyFile shipped = valid(Files.readString(Path.of("..", "..", "conf", "policies.yaml")));

    assertThat(shipped.limits()).isEqualTo(ShippedLimits.ALL);
    assertThat(shipped.shedding()).isEqualTo(PolicyFile.EMPTY.shedding());
    assertThat(shipped.caches()).isEmpty();
    assertThat(shipped.priorities()).isEmpty();
  }

  /** What is commented out is offered to be used, so it has to work. */
  @Test
  void read_shippedFileWithEverythingUncommented_isValid() throws Exception {
    Outcome outcome = PolicyReader.read("policies.yaml", uncommented());

    assertThat(outcome).isInstanceOf(Outcome.Valid.class);
    PolicyFile file = ((Outcome.Valid) outcome).file();
    assertThat(
            List.of(file.tiers(), file.limits(), file.costs(), file.bulkheads(), file.breakers()))
        .noneMatch(List::isEmpty);
    assertThat(
            List.of(
                file.caches(),
                file.deadlines(),
                file.priorities(),
                file.concurrency(),
                file.degradation()))
        .noneMatch(List::isEmpty);
  }

  @Test
  void read_severalRulesWithMistakes_namesThemAll() {
    assertThat(
            mistakes(
                """
                costs:
                  - { cost: 0 }
                  - { cost: 2 }
                  - { cost: two }
                """))
        .hasSize(2)
        .allMatch(line -> line.startsWith("policies.yaml: costs["));
  }

  @Test
  void read_largerThanAMebibyte_isRefusedUnread() {
    assertThat(mistakes("#".repeat(PolicyReader.MAX_BYTES + 1)))
        .containsExactly("policies.yaml: larger than 1 MiB (expected: a policy file)");
  }

  @Test
  void read_moreRulesThanASectionMayHave_isRefused() {
    assertThat(mistakes("costs:\n" + "  - { cost: 1 }\n".repeat(PolicyReader.MAX_RULES + 1)))
        .containsExactly("policies.yaml: costs: 501 rules (expected: a list of at most 500 rules)");
  }

  @Test
  void read_listsWithinLists_areRefusedBeforeTheyAreDeep() {
    assertThat(mistakes("limits: " + "[".repeat(100_000))).hasSize(1);
  }

  @Test
  void read_keyOfSeveralLines_isNamedInOne() {
    assertThat(mistakes("\"a\\nb\": []"))
        .singleElement()
        .satisfies(line -> assertThat(line).startsWith("policies.yaml: a b: unknown section"));
  }

  @Test
  void read_damagedFile_isValidOrRefusedInWholeLines() throws IOException {
    String whole = uncommented();
    Random random = new Random(42);
    String noise = " \n\t:-{}[]&*!|>'\"%@`#,?0aZ\u0000\u0085\ud800";
    for (int round = 0; round < 2_000; round++) {
      StringBuilder damaged = new StringBuilder(whole);
      for (int i = random.nextInt(4); i >= 0; i--) {
        int at = random.nextInt(damaged.length());
        switch (random.nextInt(3)) {
          case 0 -> damaged.setCharAt(at, noise.charAt(random.nextInt(noise.length())));
          case 1 -> damaged.delete(at, Math.min(damaged.length(), at + random.nextInt(40)));
          default -> damaged.insert(at, noise.charAt(random.nextInt(noise.length())));
        }
      }
      if (PolicyReader.read("policies.yaml", damaged.toString()) instanceof Outcome.Invalid bad) {
        assertThat(bad.mistakes())
            .isNotEmpty()
            .allMatch(line -> line.startsWith("policies.yaml: ") && line.lines().count() == 1);
      }
    }
  }

  @Test
  void read_leakyBucketWithoutDelay_waitsASecondAtMost() {
    LimitRule limit =
        valid("limits: [{name: a, per: ip, rate: {second: 1}, algorithm: leaky-bucket}]")
            .limits()
            .get(0);

    assertThat(limit.maxDelay()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void read_conditionWithoutUntil_endsAtFourFifths() {
    assertThat(
            valid("degradation: [{name: a, when: requests-per-second(orders.place) > 0.8 * 500}]")
                .degradation()
                .get(0)
                .relief())
        .hasToString("requests-per-second(orders.place) < 320");
  }

  private static String uncommented() throws IOException {
    return Files.readString(Path.of("..", "..", "conf", "policies.yaml"))
        .replaceAll("(?m)^#([a-z]|  )", "$1");
  }

  private static PolicyFile valid(String text) {
    Outcome outcome = PolicyReader.read("policies.yaml", text);
    assertThat(outcome).isInstanceOf(Outcome.Valid.class);
    return ((Outcome.Valid) outcome).file();
  }

  private static List<String> mistakes(String text) {
    Outcome outcome = PolicyReader.read("policies.yaml", text);
    assertThat(outcome).isInstanceOf(Outcome.Invalid.class);
    return ((Outcome.Invalid) outcome).mistakes();
  }
}
