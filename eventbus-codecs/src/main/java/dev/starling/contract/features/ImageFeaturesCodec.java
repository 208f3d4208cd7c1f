package dev.starling.contract.features;

import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import dev.starling.contract.features.ImageFeatures.ColorShare;
import dev.starling.contract.features.ImageFeatures.Described;
import dev.starling.contract.features.ImageFeatures.ExifRecord;
import dev.starling.contract.features.ImageFeatures.ImageRefused;
import dev.starling.contract.features.ImageFeatures.Reason;

/** Writes and reads {@link ImageFeatures}. */
final class ImageFeaturesCodec implements Codec<ImageFeatures> {
  private static final Reason[] REASONS = Reason.values();

  @Override
  public void encode(ImageFeatures value, WireWriter out) {
    if (value instanceof Described described) {
      out.writeByte(0);
      encode(described, out);
    } else if (value instanceof ImageRefused refused) {
      out.writeByte(1);
      encode(refused, out);
    }
  }

  @Override
  public ImageFeatures decode(WireReader in) {
    int kind = in.readByte();
    return switch (kind) {
      case 0 -> described(in);
      case 1 -> refused(in);
      default -> throw new MalformedFrameException("features: " + kind + " (expected: 0..1)");
    };
  }

  static void encode(ImageRefused refused, WireWriter out) {
    out.writeEnum(refused.reason());
    out.writeString(refused.detail());
  }

  static ImageRefused refused(WireReader in) {
    return new ImageRefused(in.readEnum(REASONS), in.readString());
  }

  private static void encode(Described value, WireWriter out) {
    out.writeVarInt(value.width());
    out.writeVarInt(value.height());
    out.writeAll(
        value.colors(),
        (writer, color) -> {
          writer.writeString(color.name());
          writer.writeVarInt(color.rgb());
          writer.writeDouble(color.share());
        });
    out.writeDouble(value.brightness());
    out.writeDouble(value.sharpness());
    out.writeBoolean(value.screenshot());
    out.writeVarInt(value.orientation());
    encode(value.exif(), out);
    out.writeString(value.encoder());
    out.writeFloats(value.vector());
  }

  private static Described described(WireReader in) {
    return new Described(
        in.readVarInt(),
        in.readVarInt(),
        in.readAll(
            color -> new ColorShare(color.readString(), color.readVarInt(), color.readDouble())),
        in.readDouble(),
        in.readDouble(),
        in.readBoolean(),
        in.readVarInt(),
        exif(in),
        in.readString(),
        in.readFloats());
  }

  private static void encode(ExifRecord value, WireWriter out) {
    Long takenAtMillis = value.takenAtMillis();
    out.writeBoolean(takenAtMillis != null);
    if (takenAtMillis != null) {
      out.writeLong(takenAtMillis);
    }
    out.writeBoolean(value.offsetKnown());
    out.writeString(value.make());
    out.writeString(value.model());
    out.writeString(value.software());
    out.writeBoolean(value.exposed());
  }

  private static ExifRecord exif(WireReader in) {
    return new ExifRecord(
        in.readBoolean() ? in.readLong() : null,
        in.readBoolean(),
        in.readString(),
        in.readString(),
        in.readString(),
        in.readBoolean());
  }
}
