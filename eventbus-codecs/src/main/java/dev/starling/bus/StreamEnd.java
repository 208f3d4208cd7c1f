package dev.starling.bus;

import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;

/**
 * Where frames for one end of a stream go.
 *
 * @param node the node that it is on
 * @param instance the number of its context there
 * @param stream its number in that context's table
 */
record StreamEnd(String node, int instance, long stream) {

  void encode(WireWriter out) {
    out.writeString(node);
    out.writeVarInt(instance);
    out.writeVarLong(stream);
  }

  static StreamEnd decode(WireReader in) {
    return new StreamEnd(in.readString(), in.readVarInt(), in.readVarLong());
  }
}
