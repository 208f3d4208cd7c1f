package dev.starling.policy.rule;

import java.util.List;

/** What nodes depend on and guard by name, besides the services on the bus. */
public final class Dependencies {
  public static final String POSTGRES = "postgres";
  public static final String REDIS = "redis";

  public static final List<String> ALL = List.of(POSTGRES, REDIS);

  private static final int LONGEST_NAME = 64;

  private Dependencies() {}

  /** One of several that are the same kind of dependency: each has guards of its own. */
  public static String instance(String dependency, String name) {
    return dependency + "@" + name;
  }

  /** What the guard of one instance is called, since each needs a name. */
  static String ruleOf(String rule, String instance) {
    String name = rule + "-of-" + instance;
    return name.length() <= LONGEST_NAME
        ? name
        : name.substring(name.length() - LONGEST_NAME).replaceFirst("^-+", "");
  }

  static void require(String name) {
    if (!ALL.contains(name)) {
      throw Expect.refusal("dependency", name, String.join(" or ", ALL));
    }
  }
}
