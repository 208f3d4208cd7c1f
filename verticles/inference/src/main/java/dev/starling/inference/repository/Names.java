package dev.starling.inference.repository;

import java.util.Comparator;
import java.util.regex.Pattern;

/** What models and their versions may be called. */
final class Names {
  static final String MODEL_RULE = "[a-z0-9][a-z0-9._-]{0,63}";

  /** The newest last. */
  static final Comparator<String> VERSIONS = Comparator.comparingInt(Integer::parseInt);

  private static final Pattern MODEL = Pattern.compile(MODEL_RULE);
  private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,8}");

  private Names() {}

  static boolean isModel(String name) {
    return MODEL.matcher(name).matches();
  }

  static boolean isVersion(String name) {
    return VERSION.matcher(name).matches();
  }
}
