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
 * @param cancellable whether the sender of a request may give it up
 */
record FrameExtension(String tenant, String tier, boolean cancellable) {
  static final FrameExtension NONE = new FrameExtension("", "", false);

  private static final int TENANT = 1;
  private static final int TIER = 2;
  private static final int CANCELLABLE = 3;

  static FrameExtension of(Frame frame) {
    if (!(frame instanceof Frame.Request request)) {
      return NONE;
    }
    Principal principal = request.context().principal();
    return new FrameExtension(
        principal.tenant(), principal.tier(), request.context().cancellation() != null);
  }

  boolean isEmpty() {
    return tenant.isEmpty() && tier.isEmpty() && !cancellable;
  }

  void encode(WireWriter out) {
    if (isEmpty()) {
      out.writeVarInt(0);
      return;
    }
    WireWriter fields = new WireWriter(2 + tenant.length() + 2 + tier.length() + 2);
    encode(TENANT, tenant, fields);
    encode(TIER, tier, fields);
    if (cancellable) {
      fields.writeVarInt(CANCELLABLE);
      fields.writeVarInt(0);
    }
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
    boolean cancellable = false;
    while (fields.remaining() > 0) {
      switch (fields.readVarInt()) {
        case TENANT -> tenant = fields.readString();
        case TIER -> tier = fields.readString();
        case CANCELLABLE -> {
          cancellable = true;
          fields.skipBytes();
        }
        default -> fields.skipBytes();
      }
    }
    return new FrameExtension(tenant, tier, cancellable);
  }
}
