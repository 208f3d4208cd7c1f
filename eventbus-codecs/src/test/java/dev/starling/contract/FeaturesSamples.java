package dev.starling.contract;

import dev.starling.contract.ContractSamples.Sample;
import dev.starling.contract.features.ImageFeatures;
import dev.starling.contract.features.ImageFeatures.ColorShare;
import dev.starling.contract.features.ImageFeatures.Described;
import dev.starling.contract.features.ImageFeatures.ExifRecord;
import dev.starling.contract.features.ImageFeatures.ImageRefused;
import dev.starling.contract.features.ImageFeaturesContract;
import dev.starling.contract.features.ImageFeaturesContract.Admitted;
import dev.starling.contract.features.ImageFeaturesContract.DescribeImage;
import dev.starling.contract.features.ImageFeaturesContract.DescribeLarge;
import dev.starling.contract.features.ImageFeaturesContract.EncodeText;
import dev.starling.contract.features.ImageFeaturesContract.Encoded;
import dev.starling.contract.features.ImageFeaturesContract.NotEncoded;
import dev.starling.contract.features.ImageFeaturesContract.Why;
import dev.starling.contract.features.TextFeaturesContract;
import dev.starling.contract.features.TextFeaturesContract.AllFeatures;
import dev.starling.contract.features.TextFeaturesContract.EmbedText;
import dev.starling.contract.features.TextFeaturesContract.EmbedTexts;
import dev.starling.contract.features.TextFeaturesContract.Embedded;
import dev.starling.contract.features.TextFeaturesContract.TextRefused;
import java.util.List;

/** The messages about features of texts and pictures, like {@link ContractSamples}. */
final class FeaturesSamples {
  private static final Embedded EMBEDDED = new Embedded("minilm", new float[] {0.6f, -0.8f});
  private static final TextRefused NO_TEXT =
      new TextRefused("text: 0 characters (expected: 1..2000)");

  private FeaturesSamples() {}

  static List<Sample<?>> all() {
    return List.of(
        new Sample<>(
            "text-features-embed",
            TextFeaturesContract.EMBED.request(),
            new EmbedText("set it as wallpaper")),
        new Sample<>("text-features-embedded", TextFeaturesContract.EMBED.reply(), EMBEDDED),
        new Sample<>("text-features-refused", TextFeaturesContract.EMBED.reply(), NO_TEXT),
        new Sample<>(
            "text-features-embed-all",
            TextFeaturesContract.EMBED_ALL.request(),
            new EmbedTexts(List.of("die rote Blume", ""))),
        new Sample<>(
            "text-features-all",
            TextFeaturesContract.EMBED_ALL.reply(),
            new AllFeatures(List.of(EMBEDDED, NO_TEXT))),
        new Sample<>(
            "image-features-describe",
            ImageFeaturesContract.DESCRIBE.request(),
            new DescribeImage(new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff})),
        new Sample<>(
            "image-features-described",
            ImageFeaturesContract.DESCRIBE.reply(),
            new Described(
                3000,
                4000,
                List.of(new ColorShare("red", 0xc81e1e, 0.75), new ColorShare("black", 0, 0.25)),
                0.5,
                0.875,
                false,
                6,
                new ExifRecord(-1_000L, true, "Make", "Model 7", "1.0", true),
                "clip-vision",
                new float[] {1f, 0f})),
        new Sample<>(
            "image-features-described-plain",
            ImageFeaturesContract.DESCRIBE.reply(),
            new Described(1, 1, List.of(), 0, 0, true, 1, ExifRecord.NONE, "", new float[0])),
        new Sample<>(
            "image-features-refused",
            ImageFeaturesContract.DESCRIBE.reply(),
            new ImageRefused(
                ImageFeatures.Reason.UNFOLDS_TOO_FAR,
                "pixels: 10000000000 (expected: <= 40000000)")),
        new Sample<>(
            "image-features-describe-large",
            ImageFeaturesContract.DESCRIBE_LARGE.request(),
            new DescribeLarge(8_388_608)),
        new Sample<>(
            "image-features-admitted",
            ImageFeaturesContract.DESCRIBE_LARGE.answer(),
            new Admitted()),
        new Sample<>(
            "image-features-not-admitted",
            ImageFeaturesContract.DESCRIBE_LARGE.answer(),
            new ImageRefused(ImageFeatures.Reason.TOO_LARGE, "too large")),
        new Sample<>(
            "image-features-encode-text",
            ImageFeaturesContract.ENCODE_TEXT.request(),
            new EncodeText("a red flower")),
        new Sample<>(
            "image-features-encoded",
            ImageFeaturesContract.ENCODE_TEXT.reply(),
            new Encoded("clip-vision", new float[] {0f, 1f})),
        new Sample<>(
            "image-features-not-encoded",
            ImageFeaturesContract.ENCODE_TEXT.reply(),
            new NotEncoded(Why.NO_ENCODER, "encoder: none (expected: one)")));
  }
}
