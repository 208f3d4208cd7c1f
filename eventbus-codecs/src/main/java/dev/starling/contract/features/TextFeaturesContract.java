package dev.starling.contract.features;

import dev.starling.bus.Address;
import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.List;

/**
 * Makes vectors of texts. The same text gives the same vector, to the bit, whatever else is asked
 * at the time: each text goes to the model by itself.
 */
public final class TextFeaturesContract {
  public static final String SERVICE = "text-features";

  /** So many vectors of 2,048 numbers fit into an answer. */
  public static final int MAX_TEXTS = 64;

  private static final Codec<TextFeatures> FEATURES = new FeaturesCodec();

  /**
   * Makes a vector of one text.
   *
   * <p>Address {@code text-features/embed.v1}; {@link EmbedText} → {@link Embedded} | {@link
   * TextRefused}. Safe to retry. Failures: {@code UNAVAILABLE} when no node has the model, {@code
   * OVERLOADED} when too many texts wait for it, {@code EXPIRED}, {@code INTERNAL} when the model
   * fails.
   */
  public static final Address<EmbedText, TextFeatures> EMBED =
      new Address<>(SERVICE, "embed.v1", new EmbedCodec(), FEATURES);

  /**
   * Makes a vector of each text.
   *
   * <p>Address {@code text-features/embed-all.v1}; {@link EmbedTexts} → {@link AllFeatures}, in the
   * order of the texts, each answered as by {@link #EMBED}. Fails as a whole when one of them does.
   * Safe to retry. Failures: those of {@link #EMBED}, and {@code INVALID_ARGUMENT} for more than
   * {@link #MAX_TEXTS}.
   */
  public static final Address<EmbedTexts, AllFeatures> EMBED_ALL =
      new Address<>(SERVICE, "embed-all.v1", new EmbedAllCodec(), new AllFeaturesCodec());

  private TextFeaturesContract() {}

  public record EmbedText(String text) {}

  /** At most {@link #MAX_TEXTS}. */
  public record EmbedTexts(List<String> texts) {
    public EmbedTexts {
      texts = List.copyOf(texts);
    }
  }

  public sealed interface TextFeatures {}

  /**
   * What a text is compared by.
   *
   * @param model that made it; vectors of different models cannot be compared
   * @param vector of length 1; not copied: nobody may write to it
   */
  // As for tensors: nobody compares them by identity.
  @SuppressWarnings("ArrayRecordComponent")
  public record Embedded(String model, float[] vector) implements TextFeatures {}

  /**
   * The text has no vector, and never will.
   *
   * @param detail names what was expected
   */
  public record TextRefused(String detail) implements TextFeatures {}

  /** One for each text, in their order. */
  public record AllFeatures(List<TextFeatures> features) {
    public AllFeatures {
      features = List.copyOf(features);
    }
  }

  private static final class EmbedCodec implements Codec<EmbedText> {
    @Override
    public void encode(EmbedText value, WireWriter out) {
      out.writeString(value.text());
    }

    @Override
    public EmbedText decode(WireReader in) {
      return new EmbedText(in.readString());
    }
  }

  private static final class EmbedAllCodec implements Codec<EmbedTexts> {
    @Override
    public void encode(EmbedTexts value, WireWriter out) {
      out.writeAll(value.texts(), WireWriter::writeString);
    }

    @Override
    public EmbedTexts decode(WireReader in) {
      return new EmbedTexts(in.readAll(WireReader::readString));
    }
  }

  private static final class FeaturesCodec implements Codec<TextFeatures> {
    @Override
    public void encode(TextFeatures value, WireWriter out) {
      if (value instanceof Embedded embedded) {
        out.writeByte(0);
        out.writeString(embedded.model());
        out.writeFloats(embedded.vector());
      } else if (value instanceof TextRefused refused) {
        out.writeByte(1);
        out.writeString(refused.detail());
      }
    }

    @Override
    public TextFeatures decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 -> new Embedded(in.readString(), in.readFloats());
        case 1 -> new TextRefused(in.readString());
        default -> throw new MalformedFrameException("features: " + kind + " (expected: 0..1)");
      };
    }
  }

  private static final class AllFeaturesCodec implements Codec<AllFeatures> {
    @Override
    public void encode(AllFeatures value, WireWriter out) {
      out.writeAll(value.features(), (writer, features) -> FEATURES.encode(features, writer));
    }

    @Override
    public AllFeatures decode(WireReader in) {
      return new AllFeatures(in.readAll(FEATURES::decode));
    }
  }
}
