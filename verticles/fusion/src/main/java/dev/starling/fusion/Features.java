package dev.starling.fusion;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.features.ImageFeatures;
import dev.starling.contract.features.ImageFeatures.Described;
import dev.starling.contract.features.ImageFeatures.ExifRecord;
import dev.starling.contract.features.ImageFeatures.ImageRefused;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.fusion.core.Content;
import dev.starling.fusion.core.Content.Color;
import dev.starling.fusion.core.Content.Descriptors;
import dev.starling.fusion.core.Content.Exif;
import dev.starling.fusion.core.Content.Image;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Completes events before they are stored: pictures that came as bytes by what is on them. Confined
 * to an instance's context.
 */
final class Features {
  private static final int MILLIS_PER_MINUTE = 60_000;

  private final Pictures pictures;

  Features(Pictures pictures) {
    this.pictures = pictures;
  }

  /**
   * Events as they are stored, in their order.
   *
   * <p>Fails with {@link UnusableEvent} for a picture that cannot be used, or not now.
   */
  Future<List<LogRow>> complete(List<NewEvent> events, CallContext call) {
    if (events.stream().allMatch(event -> event.picture() == null)) {
      return Future.succeededFuture(rows(events, Map.of()));
    }
    return describe(events, 0, new HashMap<>(), call).map(seen -> rows(events, seen));
  }

  /** One after the other: each may be some megabytes. */
  private Future<Map<NewEvent, Described>> describe(
      List<NewEvent> events, int from, Map<NewEvent, Described> seen, CallContext call) {
    for (int i = from; i < events.size(); i++) {
      NewEvent event = events.get(i);
      byte[] picture = event.picture();
      if (picture != null) {
        int next = i + 1;
        return pictures
            .describe(picture, call)
            .recover(failure -> Future.failedFuture(notNow(event, failure)))
            .compose(
                features -> {
                  if (features instanceof Described described) {
                    seen.put(event, described);
                    return describe(events, next, seen, call);
                  }
                  return Future.failedFuture(unusable(event, features));
                });
      }
    }
    return Future.succeededFuture(seen);
  }

  private static Throwable notNow(NewEvent event, Throwable failure) {
    return failure instanceof BusException known
            && known.code() != ErrorCode.INTERNAL
            && known.code() != ErrorCode.INVALID_ARGUMENT
        ? new UnusableEvent(
            Refusal.NOT_EXECUTED,
            event.place() + "data: pictures cannot be looked at now; nothing was accepted")
        : failure;
  }

  private static UnusableEvent unusable(NewEvent event, ImageFeatures features) {
    if (!(features instanceof ImageRefused refused)) {
      return UnusableEvent.invalid(event.place() + "data: no picture");
    }
    String detail = event.place() + "data: " + refused.detail();
    return switch (refused.reason()) {
      case TOO_LARGE, UNFOLDS_TOO_FAR -> UnusableEvent.tooLarge(detail);
      case UNSUPPORTED, DAMAGED -> UnusableEvent.invalid(detail);
    };
  }

  private static List<LogRow> rows(List<NewEvent> events, Map<NewEvent, Described> seen) {
    List<LogRow> rows = new ArrayList<>(events.size());
    for (NewEvent event : events) {
      Content content = event.event().content();
      Described described = seen.get(event);
      if (content instanceof Image image && described != null) {
        rows.add(event.toRow(described(image, described, event)));
      } else {
        rows.add(event.toRow());
      }
    }
    return rows;
  }

  /** What is in the picture itself counts more than what its device says of it. */
  private static Image described(Image image, Described seen, NewEvent event) {
    ExifRecord found = seen.exif();
    Instant takenAt = takenAt(found, event);
    return new Image(
        image.imageId(),
        image.url(),
        image.caption(),
        image.labels(),
        new Exif(
            takenAt == null ? image.exif().takenAt() : takenAt,
            found.make().isEmpty() ? image.exif().make() : found.make(),
            found.model().isEmpty() ? image.exif().model() : found.model()),
        new Descriptors(
            seen.width(),
            seen.height(),
            seen.colors().stream()
                .map(color -> new Color(color.name(), color.rgb(), color.share()))
                .toList(),
            seen.brightness(),
            seen.sharpness(),
            seen.screenshot()),
        seen.vector().length == 0 ? null : seen.vector());
  }

  /** Without an offset of its own it is in that of its device. */
  private static @Nullable Instant takenAt(ExifRecord exif, NewEvent event) {
    Long millis = exif.takenAtMillis();
    if (millis == null) {
      return null;
    }
    Short zone = event.zoneMinutes();
    long offset = exif.offsetKnown() || zone == null ? 0 : (long) zone * MILLIS_PER_MINUTE;
    return Instant.ofEpochMilli(millis - offset);
  }
}
