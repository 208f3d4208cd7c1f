package dev.starling.imagefeatures;

import dev.starling.bus.PieceBudget;
import dev.starling.contract.features.ImageFeaturesContract;
import dev.starling.imagefeatures.clip.EncoderPair;
import dev.starling.sdk.Instances;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.util.Map;

/** Describes pictures for other services. */
public final class ImageFeaturesVerticle extends ServiceVerticle {
  static final String SECTION = "image-features";

  private static final String HEADLESS = "java.awt.headless";

  @Override
  public Map<String, Record> settings() {
    return Map.of(SECTION, ImageFeaturesConfig.defaults());
  }

  /** The threads that read pictures are the node's, whatever the number. */
  @Override
  public Instances defaultInstances() {
    return new Instances(1);
  }

  @Override
  protected Future<?> open() {
    if (System.getProperty(HEADLESS) == null) {
      // A JRE without windows looks for them all the same when DISPLAY is set.
      System.setProperty(HEADLESS, "true");
    }
    ImageFeaturesConfig config = node().config(SECTION, ImageFeaturesConfig.defaults());
    PictureThreads threads =
        node()
            .shared(
                "image-features:threads",
                () ->
                    new PictureThreads(
                        vertx, config.threads(), config.maxWaiting(), config.maxWaitingBytes()));
    ImageMeters meters =
        node()
            .shared(
                "image-features:meters", () -> new ImageMeters(node().meters(), threads::waiting));
    EncoderConfig encoder = config.encoder();
    EncoderPair pair =
        encoder.hasPair()
            ? new EncoderPair(bus(), encoder.imageModel(), encoder.textModel())
            : null;
    Describer describer = new Describer(config, threads, pair, meters);
    WordEncoder words = new WordEncoder(config, pair, meters);
    PieceBudget budget = node().shared("image-features:large", PieceBudget::ofHeap);
    return Future.all(
        serve(
            ImageFeaturesContract.DESCRIBE,
            (request, call) -> describer.describe(request.bytes(), call)),
        serve(ImageFeaturesContract.DESCRIBE_LARGE, new LargePictures(describer, budget)),
        serve(
            ImageFeaturesContract.ENCODE_TEXT,
            (request, call) -> words.encode(request.text(), call)));
  }
}
