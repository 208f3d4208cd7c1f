package dev.starling.users;

import java.util.regex.Pattern;

/** The rule for people's names: any script, something to see, nothing that controls a terminal. */
final class UserName {
  static final int MAX_LENGTH = 200;
  static final String PATTERN = "^\\p{Z}*[^\\p{Cc}\\p{Cs}\\p{Z}][^\\p{Cc}\\p{Cs}]*$";
  static final String EXPECTATION = "must have a visible character and no control character";

  private static final Pattern NAME = Pattern.compile(PATTERN);

  private UserName() {}

  static boolean isValid(String text) {
    return text.length() <= MAX_LENGTH && NAME.matcher(text).matches();
  }
}
