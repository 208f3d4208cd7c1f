package dev.starling.sdk;

/**
 * A configuration that cannot be used. The message is one line for the operator: the key, its value
 * unless that is a secret, and what was expected.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message, null, false, false);
  }
}
