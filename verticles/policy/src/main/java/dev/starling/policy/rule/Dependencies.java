package dev.starling.policy.rule;

import java.util.List;

/** What nodes depend on and guard by name, besides the services on the bus. */
public final class Dependencies {
  public static final String POSTGRES = "postgres";
  public static final String REDIS = "redis";

  public static final List<String> ALL = List.of(POSTGRES, REDIS);

  private Dependencies() {}

  static void require(String name) {
    if (!ALL.contains(name)) {
      throw Expect.refusal("dependency", name, String.join(" or ", ALL));
    }
  }
}
