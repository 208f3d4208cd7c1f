package dev.starling.bus;

import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;

/**
 * What a frame of version 2 carries besides that of version 1: fields of a tag, a length and as
 * many bytes. A reader skips tags that it does not know, so later nodes may add some; a tag is
 * never given another meaning. Of two fields with one tag the later one holds.
 *
 * @param tenant of a request's principal; empty for none
 * @param tier of a request's principal; empty for none
 */
record FrameExtension(String tenant, String tier) {
  static final FrameExtension NONE = new FrameExtension("", "");

  private static final int TENANT = 1;
  private static final int TIER = 2;

  static FrameExtension of(Frame frame) {
    if (!(frame instanceof Frame.Request request)) {
      return NONE;
    }
    Principal principal = request.context().principal();
    return new FrameExtension(principal.tenant(), principal.tier());
  }

  boolean isEmpty() {
    return tenant.isEmpty() && tier.isEmpty();
  }

  void encode(WireWriter out) {
    if (isEmpty()) {
      out.writeVarInt(0);
      return;
    }
    WireWriter fields = new WireWriter(2 + tenant.length() + 2 + tier.length());
    encode(TENANT, tenant, fields);
    encode(TIER, tier, fields);
    out.writeBytes(fields.toByteArray());
  }

  private static void encode(int tag, String text, WireWriter out) {
    if (!text.isEmpty()) {
      out.writeVarInt(tag);
      out.writeString(text);
    }
  }

  static FrameExtension decode(WireReader in) {
    int length = in.readVarInt();
    if (length == 0) {
      return NONE;
    }
    WireReader fields = new WireReader(in.readRaw(length));
    String tenant = "";
    String tier = "";
    while (fields.remaining() > 0) {
      switch (fields.readVarInt()) {
        case TENANT -> tenant = fields.readString();
        case TIER -> tier = fields.readString();
        default -> fields.skipBytes();
      }
    }
    return new FrameExtension(tenant, tier);
  }
}
