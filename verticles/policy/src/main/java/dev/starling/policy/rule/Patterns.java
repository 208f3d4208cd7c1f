package dev.starling.policy.rule;

import dev.starling.policy.match.PathPattern;

/** What texts in a policy file look like, for the rules themselves and for the file's schema. */
public final class Patterns {
  /** Names reach metrics, headers and messages, so they need no escaping anywhere. */
  public static final String NAME = "[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?";

  /** {@link PathPattern}. */
  public static final String PATH = PathPattern.SYNTAX;

  /** Ids of operations, with {@code *}. */
  public static final String OPERATION = "[!-~]{1,128}";

  /** Names of services on the bus. */
  public static final String SERVICE = "[a-z][a-z0-9-]{0,63}";

  /** Header fields in lower case, {@code consumer}, {@code tenant}. */
  public static final String VARY = "[a-z0-9][a-z0-9-]{0,63}";

  /** Besides {@code second}, {@code minute}, {@code hour} and {@code day}. */
  public static final String DURATION = "\\d{1,12}\\s*(ms|s|m|h|d)";

  private Patterns() {}
}
