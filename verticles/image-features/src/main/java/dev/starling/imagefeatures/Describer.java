package dev.starling.imagefeatures;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.features.ImageFeatures;
import dev.starling.contract.features.ImageFeatures.Described;
import dev.starling.contract.features.ImageFeatures.ImageRefused;
import dev.starling.contract.features.ImageFeatures.Reason;
import dev.starling.contract.inference.Tensor;
import dev.starling.imagefeatures.clip.ClipInput;
import dev.starling.imagefeatures.clip.EncoderPair;
import dev.starling.imagefeatures.look.Look;
import dev.starling.imagefeatures.picture.PictureLimits;
import dev.starling.imagefeatures.picture.PictureReader;
import dev.starling.imagefeatures.picture.ReadPicture;
import dev.starling.imagefeatures.picture.RefusedPicture;
import io.vertx.core.Future;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Describes pictures: reads them on threads of their own, then has the encoder add a vector.
 * Confined to the verticle's context.
 */
final class Describer {
  private static final Logger log = LoggerFactory.getLogger(Describer.class);

  /** What a thread makes of a file. */
  private sealed interface Seen {}

  /**
   * @param input of the image encoder; null when there is none
   */
  private record Picture(Described described, @Nullable Tensor input) implements Seen {}

  private record Nothing(ImageRefused refused) implements Seen {}

  private final ImageFeaturesConfig config;
  private final PictureThreads threads;
  private final PictureReader reader;
  private final @Nullable EncoderPair pair;
  private final @Nullable ClipInput input;
  private final ImageMeters meters;

  /**
   * @param pair null when none is configured
   */
  Describer(
      ImageFeaturesConfig config,
      PictureThreads threads,
      @Nullable EncoderPair pair,
      ImageMeters meters) {
    this.config = config;
    this.threads = threads;
    this.reader =
        new PictureReader(new PictureLimits(config.maxPixels(), config.maxDecodedBytes()));
    this.pair = pair;
    this.input = pair == null ? null : new ClipInput(config.encoder().size());
    this.meters = meters;
  }

  /** As {@link dev.starling.contract.features.ImageFeaturesContract#DESCRIBE} has it. */
  Future<ImageFeatures> describe(byte[] file, CallContext call) {
    ImageRefused refused = refusal(file.length);
    return (refused == null
            ? threads.run(file.length, call, () -> see(file))
            : Future.succeededFuture((Seen) new Nothing(refused)))
        .compose(seen -> answer(seen, call))
        .onComplete(this::count);
  }

  /** Why a file of this size is not read; null when it may be. */
  @Nullable ImageRefused refusal(int bytes) {
    return bytes <= config.maxBytes()
        ? null
        : new ImageRefused(
            Reason.TOO_LARGE,
            "picture: " + bytes + " bytes (expected: <= " + config.maxBytes() + ")");
  }

  /** On one of the threads. */
  private Seen see(byte[] file) {
    long begun = System.nanoTime();
    try {
      ReadPicture picture = reader.read(file);
      ClipInput encoderInput = input;
      return new Picture(
          Look.at(picture), encoderInput == null ? null : encoderInput.of(picture.pixels()));
    } catch (RefusedPicture e) {
      return new Nothing(e.toReply());
    } finally {
      meters.read(System.nanoTime() - begun);
    }
  }

  private Future<ImageFeatures> answer(Seen seen, CallContext call) {
    if (seen instanceof Nothing nothing) {
      return Future.succeededFuture(nothing.refused());
    }
    Picture picture = (Picture) seen;
    Tensor pixels = picture.input();
    EncoderPair encoders = pair;
    if (pixels == null || encoders == null) {
      return Future.succeededFuture(picture.described());
    }
    return encoders
        .image(pixels, withinTimeout(call))
        .onSuccess(vector -> meters.encoding("image", "encoded"))
        .recover(failure -> Future.succeededFuture(missing(failure)))
        .map(vector -> with(picture.described(), vector));
  }

  /** Leaves time to answer without a vector. */
  private CallContext withinTimeout(CallContext call) {
    long now = System.nanoTime();
    long left = call.remainingNanos(now);
    return call.withDeadline(now + Math.min(config.encoder().timeout().toNanos(), left - left / 8));
  }

  /** The descriptors are worth having all the same. */
  private float[] missing(Throwable failure) {
    ErrorCode code = failure instanceof BusException known ? known.code() : ErrorCode.INTERNAL;
    meters.encoding("image", code.name().toLowerCase(Locale.ROOT));
    if (code == ErrorCode.INTERNAL || code == ErrorCode.INVALID_ARGUMENT) {
      log.warn("The image encoder {} is of no use: {}", encoder(), failure.getMessage());
    }
    return new float[0];
  }

  private Described with(Described described, float[] vector) {
    return new Described(
        described.width(),
        described.height(),
        described.colors(),
        described.brightness(),
        described.sharpness(),
        described.screenshot(),
        described.orientation(),
        described.exif(),
        encoder(),
        vector);
  }

  private String encoder() {
    return config.encoder().imageModel();
  }

  private void count(@Nullable ImageFeatures features, @Nullable Throwable failure) {
    meters.picture(
        features instanceof Described
            ? "described"
            : features instanceof ImageRefused refused
                ? refused.reason().name().toLowerCase(Locale.ROOT)
                : failure instanceof BusException known
                    ? known.code().name().toLowerCase(Locale.ROOT)
                    : "failed");
  }
}
