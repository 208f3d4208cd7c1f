package dev.starling.auth;

import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
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
    return Arrays.stream(claim.split(" "))
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  static String format(Collection<String> scopes) {
    return String.join(" ", new TreeSet<>(scopes));
  }
}
