package dev.starling.contract.operation;

import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;

/**
 * A header field of a request or an answer.
 *
 * @param name in lower case
 */
public record Header(String name, String value) {

  static void encode(WireWriter out, Header header) {
    out.writeString(header.name);
    out.writeString(header.value);
  }

  static Header decode(WireReader in) {
    return new Header(in.readString(), in.readString());
  }
}
