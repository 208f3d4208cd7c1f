package dev.starling.inference.vetting;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Whose operators a file uses: ONNX's own, of versions that ONNX Runtime 1.26.0 has, and functions
 * that the file itself defines of them.
 *
 * <p>ONNX Runtime registers operators under other names too, some of which load code or read files.
 * A function of the file may not take such a name.
 */
final class Domains {
  private static final String ONNX = "ai.onnx";
  private static final String ML = "ai.onnx.ml";

  /** Its operators hold code for a device, in the file or in another one. */
  private static final String COMPILED = "EPContext";

  /** Below 7 operators mean something else; ONNX Runtime does not vouch for them. */
  private static final int OLDEST_ONNX = 7;

  private static final int NEWEST_ONNX = 26;
  private static final int NEWEST_ML = 5;

  private final ProtoReader in;
  private final Set<String> imported = new HashSet<>();
  private final Map<String, String> used = new HashMap<>();
  private final Set<String> defined = new HashSet<>();
  private final Set<String> definedDomains = new HashSet<>();

  Domains(ProtoReader in) {
    this.in = in;
  }

  static boolean isStandard(String domain) {
    return domain.isEmpty() || domain.equals(ONNX) || domain.equals(ML);
  }

  void imports(String domain, long version) {
    if (domain.isEmpty() || domain.equals(ONNX)) {
      require("", version, OLDEST_ONNX, NEWEST_ONNX);
    } else if (domain.equals(ML)) {
      require(ML, version, 1, NEWEST_ML);
    } else {
      requireFree(domain);
      imported.add(domain);
    }
  }

  void uses(String domain, String operator, String overload) {
    if (operator.equals(COMPILED)) {
      throw in.refusal("operator EPContext (expected: none that is compiled for a device)");
    }
    if (!isStandard(domain)) {
      requireFree(domain);
      used.put(key(domain, operator, overload), operator + " of domain '" + domain + "'");
    }
  }

  void defines(String domain, String function, String overload) {
    if (isStandard(domain)) {
      throw in.refusal(
          "function " + function + ": of domain '" + domain + "' (expected: a domain of its own)");
    }
    requireFree(domain);
    if (!defined.add(key(domain, function, overload))) {
      throw in.refusal("function " + function + ": twice (expected: once)");
    }
    definedDomains.add(domain);
  }

  /** Called when everything has been seen. */
  void settle() {
    used.forEach(
        (key, operator) -> {
          if (!defined.contains(key)) {
            throw in.refusal("operator " + operator + " (expected: ai.onnx, ai.onnx.ml)");
          }
        });
    imported.forEach(
        domain -> {
          if (!definedDomains.contains(domain)) {
            throw in.refusal("domain '" + domain + "' (expected: ai.onnx, ai.onnx.ml)");
          }
        });
  }

  private void require(String domain, long version, int oldest, int newest) {
    if (version < oldest || version > newest) {
      throw in.refusal(
          "operators of '"
              + (domain.isEmpty() ? ONNX : domain)
              + "': version "
              + version
              + " (expected: "
              + oldest
              + ".."
              + newest
              + ")");
    }
  }

  private void requireFree(String domain) {
    if (domain.startsWith("ai.onnx.")
        || domain.startsWith("com.microsoft")
        || domain.startsWith("com.ms.")
        || domain.startsWith("org.pytorch.")) {
      throw in.refusal("domain '" + domain + "' (expected: ai.onnx, ai.onnx.ml)");
    }
  }

  private static String key(String domain, String name, String overload) {
    return domain + '\n' + name + '\n' + overload;
  }
}
