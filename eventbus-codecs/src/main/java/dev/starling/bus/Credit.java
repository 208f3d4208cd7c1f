package dev.starling.bus;

import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;

/**
 * How much an end may send in all, counted from the stream's beginning: so a repeated credit is
 * harmless and a lost one is made good by the next.
 *
 * @param items the last item's number
 * @param bytes an item may be sent while fewer bytes than this were; the last one may go beyond
 */
record Credit(long items, long bytes) {

  void encode(WireWriter out) {
    out.writeVarLong(items);
    out.writeVarLong(bytes);
  }

  static Credit decode(WireReader in) {
    return new Credit(in.readVarLong(), in.readVarLong());
  }
}
