package dev.starling.policy.file;

import dev.starling.policy.rule.LimitRule;
import dev.starling.policy.rule.Match;
import dev.starling.policy.rule.Per;
import dev.starling.policy.rule.Rate;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The limits that hold unless a file has one of the same name. So whoever adds a limit does not
 * lose the one on sign-in by it; {@code {name: sign-in, rate: {}}} turns that off.
 */
public final class ShippedLimits {
  /*
   * default: more than a node can serve, so that nothing is refused until an operator chooses a
   * number, while every answer already says which limit it counted in.
   * sign-in: a person mistypes a password a few times; 20 tries a minute are enough for a household
   * and hopeless for guessing.
   * sign-up: each account costs a slow hash and a row for ever; the hour's window stops a patient
   * script that the minute's lets pass, and still lets a class or an office register.
   * token-refresh: an open client refreshes every few minutes, so this serves several hundred of
   * them behind one address.
   */
  public static final List<LimitRule> ALL =
      List.of(
          LimitRule.of(
              "default", Match.EVERYTHING, Per.CONSUMER, Rate.of(1_000_000, Duration.ofSeconds(1))),
          LimitRule.of(
              "sign-in", Match.operation("auth.token"), Per.IP, Rate.of(20, Duration.ofMinutes(1))),
          LimitRule.of(
              "sign-up",
              Match.operation("auth.signup"),
              Per.IP,
              new Rate(
                  List.of(
                      new Rate.Window(Duration.ofMinutes(1), 20),
                      new Rate.Window(Duration.ofHours(1), 200)))),
          LimitRule.of(
              "token-refresh",
              Match.operation("auth.refresh"),
              Per.IP,
              Rate.of(120, Duration.ofMinutes(1))));

  private ShippedLimits() {}

  /** Those whose names {@code configured} does not take. */
  static List<LimitRule> besides(List<LimitRule> configured) {
    return ALL.stream()
        .filter(shipped -> configured.stream().noneMatch(own -> own.name().equals(shipped.name())))
        .toList();
  }

  /** The limits that hold: the shipped ones that are left, then those of the file. */
  public static List<LimitRule> with(List<LimitRule> configured) {
    return Stream.concat(besides(configured).stream(), configured.stream()).toList();
  }
}
