package dev.starling.users;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An e-mail address: as its owner wrote it, and the key by which two of them are the same.
 *
 * <p>Immutable. The key is the address in Unicode normalisation form C and lower case; the domain
 * is not translated between its Unicode and its ASCII form.
 *
 * @param written 3..254 characters
 * @param key what is unique
 */
record EmailAddress(String written, String key) {
  /** What fits the path of an SMTP command (RFC 5321, section 4.5.3.1.3). */
  static final int MAX_LENGTH = 254;

  /** A local part of at most 64 characters, and a domain of labels, without spaces or controls. */
  static final String PATTERN =
      "^[^@\\p{Cc}\\p{Cs}\\p{Z}]{1,64}@[^@.\\p{Cc}\\p{Cs}\\p{Z}]+(\\.[^@.\\p{Cc}\\p{Cs}\\p{Z}]+)*$";

  static final String EXPECTATION = "must be an e-mail address such as ada@example.org";

  private static final Pattern ADDRESS = Pattern.compile(PATTERN);

  /** The address in {@code text}, or null when it is none. */
  static @Nullable EmailAddress parse(String text) {
    if (text.length() > MAX_LENGTH || !ADDRESS.matcher(text).matches()) {
      return null;
    }
    return new EmailAddress(text, key(text));
  }

  private static String key(String text) {
    String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
    // Lower case can take a composed letter apart again, e.g. U+0130.
    return Normalizer.normalize(composed.toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
  }
}
