package dev.starling.auth;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The {@code scope} claim: names separated by spaces (RFC 6749, 3.3). */
final class Scopes {
  private static final Pattern NAME = Pattern.compile("[\\x21\\x23-\\x5B\\x5D-\\x7E]{1,64}");

  private Scopes() {}

  static boolean isScope(String name) {
    return NAME.matcher(name).matches();
  }

  static Set<String> parse(String claim) {
    return List.of(claim.split(" ")).stream()
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  static String format(Collection<String> scopes) {
    return String.join(" ", new java.util.TreeSet<>(scopes));
  }
}
