package dev.starling.contract.operation;

import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;

/**
 * One thing that is wrong with a request.
 *
 * @param pointer where: a JSON pointer into the body ({@code /email}), or {@code /path/id}, {@code
 *     /query/limit}, {@code /header/if-match}
 * @param detail what was expected
 */
public record Violation(String pointer, String detail) {

  static void encode(WireWriter out, Violation violation) {
    out.writeString(violation.pointer);
    out.writeString(violation.detail);
  }

  static Violation decode(WireReader in) {
    return new Violation(in.readString(), in.readString());
  }
}
