package dev.starling.bench;

import dev.starling.load.LabFiles;
import dev.starling.load.User;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The policy files of an overload. Who is worth what is the same in both; only the guards differ.
 */
record OverloadPolicies(Map<Importance, List<User>> users, Duration deadline) {
  /* Whoever knows the database says how much is of use: behind one connection ten calls queue for 12 ms. */
  private static final String GUARDS =
      """
      concurrency:
        - { name: profiles, match: { path: /v1/users/** }, initial: 8, min: 4, max: 10 }
      shedding: { enabled: true }
      """;

  String guarded() {
    return common() + GUARDS;
  }

  String unguarded() {
    return common() + "shedding: { enabled: false }\n";
  }

  private String common() {
    StringBuilder yaml = new StringBuilder(LabFiles.OPEN).append("tiers:\n");
    StringBuilder priorities = new StringBuilder("priorities:\n");
    for (Importance importance : Importance.values()) {
      String consumers =
          users.getOrDefault(importance, List.of()).stream()
              .map(User::id)
              .collect(Collectors.joining(", "));
      yaml.append("  - { name: %s, consumers: [%s] }\n".formatted(importance.tier(), consumers));
      priorities.append(
          "  - { match: { tier: %s }, priority: %s }\n"
              .formatted(importance.tier(), importance.name().toLowerCase(Locale.ROOT)));
    }
    return yaml.append(priorities)
        .append(
            "deadlines:\n  - { match: { path: /v1/users/** }, max: %dms, default: %dms }\n"
                .formatted(deadline.toMillis(), deadline.toMillis()))
        .toString();
  }
}
