package dev.starling.policy.rule;

/**
 * How many permits a call takes from each limit that it counts in; 1 where no rule says otherwise.
 */
public record CostRule(Match match, int cost) implements Matched {
  public CostRule {
    Expect.range("cost", cost, 1, 1_000_000);
  }
}
