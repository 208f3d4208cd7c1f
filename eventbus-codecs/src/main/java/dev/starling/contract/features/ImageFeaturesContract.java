package dev.starling.contract.features;

import dev.starling.bus.Address;
import dev.starling.bus.Pieces;
import dev.starling.bus.StreamAddress;
import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import dev.starling.contract.features.ImageFeatures.ImageRefused;

/**
 * Describes pictures: without a model what pixels and headers say, and with an encoder pair also as
 * vectors that words can be compared with.
 */
public final class ImageFeaturesContract {
  public static final String SERVICE = "image-features";

  /**
   * Describes one picture.
   *
   * <p>Address {@code image-features/describe.v1}; {@link DescribeImage} → {@link
   * ImageFeatures.Described} | {@link ImageRefused}. Safe to retry. Failures: {@code OVERLOADED}
   * when too many pictures wait, {@code EXPIRED}; {@code INVALID_ARGUMENT} when another node runs
   * the service and the picture does not fit into a message: {@link #DESCRIBE_LARGE} then.
   */
  public static final Address<DescribeImage, ImageFeatures> DESCRIBE =
      new Address<>(SERVICE, "describe.v1", new DescribeCodec(), ImageFeatures.CODEC);

  /**
   * Describes one picture that is too large for a message.
   *
   * <p>Address {@code image-features/describe-large.v1}; {@link DescribeLarge} → {@link Admitted},
   * or {@link ImageRefused} when there is no stream. Then the picture in pieces, to the end of that
   * direction, and pieces of the answer as {@link #DESCRIBE} has it. The deadline of the opening
   * holds for all of it. Safe to retry. Failures: those of {@link #DESCRIBE}, as resets once the
   * stream is open; {@code INVALID_ARGUMENT} when more or less comes than was announced.
   */
  public static final StreamAddress<DescribeLarge, Admission, byte[], byte[]> DESCRIBE_LARGE =
      new StreamAddress<>(
          SERVICE,
          "describe-large.v1",
          new DescribeLargeCodec(),
          new AdmissionCodec(),
          Pieces.CODEC,
          Pieces.CODEC);

  /**
   * Makes a vector of words that pictures' vectors can be compared with.
   *
   * <p>Address {@code image-features/encode-text.v1}; {@link EncodeText} → {@link Encoded} | {@link
   * NotEncoded}. Safe to retry. Failures: {@code UNAVAILABLE} when no node has the encoder, {@code
   * OVERLOADED} when its queue is full, {@code EXPIRED}, {@code INTERNAL} when it fails.
   */
  public static final Address<EncodeText, TextEncoding> ENCODE_TEXT =
      new Address<>(SERVICE, "encode-text.v1", new EncodeTextCodec(), new EncodingCodec());

  private ImageFeaturesContract() {}

  /**
   * @param bytes a file's; not copied: nobody may write to it
   */
  // As for tensors: nobody compares them by identity.
  @SuppressWarnings("ArrayRecordComponent")
  public record DescribeImage(byte[] bytes) {}

  /**
   * Announces a large picture.
   *
   * @param bytes how long its pieces are together
   */
  public record DescribeLarge(int bytes) {}

  /** Whether a large picture may be sent. */
  public sealed interface Admission permits Admitted, ImageRefused {}

  /** It may. */
  public record Admitted() implements Admission {}

  public record EncodeText(String text) {}

  public sealed interface TextEncoding {}

  /**
   * What words are compared with pictures by.
   *
   * @param encoder the model that pictures were encoded by, as {@link ImageFeatures.Described} has
   *     it: vectors of different encoders cannot be compared
   * @param vector of length 1; not copied: nobody may write to it
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Encoded(String encoder, float[] vector) implements TextEncoding {}

  /**
   * There is no vector of this text.
   *
   * @param detail names what was expected
   */
  public record NotEncoded(Why why, String detail) implements TextEncoding {}

  /** Why a text was not encoded; new ones are added at the end. */
  public enum Why {
    /** No encoder pair is configured. */
    NO_ENCODER,
    /** The text is empty or too long. */
    INVALID
  }

  private static final class DescribeCodec implements Codec<DescribeImage> {
    @Override
    public void encode(DescribeImage value, WireWriter out) {
      out.writeBytes(value.bytes());
    }

    @Override
    public DescribeImage decode(WireReader in) {
      return new DescribeImage(in.readBytes());
    }
  }

  private static final class DescribeLargeCodec implements Codec<DescribeLarge> {
    @Override
    public void encode(DescribeLarge value, WireWriter out) {
      out.writeVarInt(value.bytes());
    }

    @Override
    public DescribeLarge decode(WireReader in) {
      return new DescribeLarge(in.readVarInt());
    }
  }

  private static final class AdmissionCodec implements Codec<Admission> {
    @Override
    public void encode(Admission value, WireWriter out) {
      if (value instanceof Admitted) {
        out.writeByte(0);
      } else if (value instanceof ImageRefused refused) {
        out.writeByte(1);
        ImageFeaturesCodec.encode(refused, out);
      }
    }

    @Override
    public Admission decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 -> new Admitted();
        case 1 -> ImageFeaturesCodec.refused(in);
        default -> throw new MalformedFrameException("admission: " + kind + " (expected: 0..1)");
      };
    }
  }

  private static final class EncodeTextCodec implements Codec<EncodeText> {
    @Override
    public void encode(EncodeText value, WireWriter out) {
      out.writeString(value.text());
    }

    @Override
    public EncodeText decode(WireReader in) {
      return new EncodeText(in.readString());
    }
  }

  private static final class EncodingCodec implements Codec<TextEncoding> {
    private static final Why[] WHYS = Why.values();

    @Override
    public void encode(TextEncoding value, WireWriter out) {
      if (value instanceof Encoded encoded) {
        out.writeByte(0);
        out.writeString(encoded.encoder());
        out.writeFloats(encoded.vector());
      } else if (value instanceof NotEncoded not) {
        out.writeByte(1);
        out.writeEnum(not.why());
        out.writeString(not.detail());
      }
    }

    @Override
    public TextEncoding decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 -> new Encoded(in.readString(), in.readFloats());
        case 1 -> new NotEncoded(in.readEnum(WHYS), in.readString());
        default -> throw new MalformedFrameException("encoding: " + kind + " (expected: 0..1)");
      };
    }
  }
}
