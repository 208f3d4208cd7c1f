package dev.starling.imagefeatures;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.features.ImageFeaturesContract.Encoded;
import dev.starling.contract.features.ImageFeaturesContract.NotEncoded;
import dev.starling.contract.features.ImageFeaturesContract.TextEncoding;
import dev.starling.contract.features.ImageFeaturesContract.Why;
import dev.starling.imagefeatures.clip.EncoderPair;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Encodes words for comparing them with pictures. Confined to the verticle's context. */
final class WordEncoder {
  private final ImageFeaturesConfig config;
  private final @Nullable EncoderPair pair;
  private final ImageMeters meters;

  /**
   * @param pair null when none is configured
   */
  WordEncoder(ImageFeaturesConfig config, @Nullable EncoderPair pair, ImageMeters meters) {
    this.config = config;
    this.pair = pair;
    this.meters = meters;
  }

  /** As {@link dev.starling.contract.features.ImageFeaturesContract#ENCODE_TEXT} has it. */
  Future<TextEncoding> encode(String text, CallContext call) {
    EncoderPair encoders = pair;
    if (encoders == null) {
      return not(Why.NO_ENCODER, "encoder: none is configured (expected: a pair)");
    }
    int most = config.maxTextBytes();
    if (text.isBlank()
        || text.length() > most
        || text.getBytes(StandardCharsets.UTF_8).length > most) {
      return not(Why.INVALID, "text: blank or too long (expected: 1.." + most + " bytes)");
    }
    return encoders
        .text(text, withinTimeout(call))
        .<TextEncoding>map(vector -> new Encoded(config.encoder().imageModel(), vector))
        .onSuccess(encoded -> meters.encoding("text", "encoded"))
        .recover(this::failed);
  }

  private CallContext withinTimeout(CallContext call) {
    long now = System.nanoTime();
    long timeout = config.encoder().timeout().toNanos();
    return call.withDeadline(now + Math.min(timeout, call.remainingNanos(now)));
  }

  private Future<TextEncoding> failed(Throwable failure) {
    ErrorCode code = failure instanceof BusException known ? known.code() : ErrorCode.INTERNAL;
    meters.encoding("text", code.name().toLowerCase(Locale.ROOT));
    return code == ErrorCode.INVALID_ARGUMENT
        ? not(Why.INVALID, "text: " + failure.getMessage())
        : Future.failedFuture(failure);
  }

  private static Future<TextEncoding> not(Why why, String detail) {
    return Future.succeededFuture(new NotEncoded(why, detail));
  }
}
