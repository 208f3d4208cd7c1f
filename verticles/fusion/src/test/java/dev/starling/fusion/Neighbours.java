package dev.starling.fusion;

import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.device.DeviceContract;
import dev.starling.contract.device.DeviceContract.DeviceRecord;
import dev.starling.contract.device.DeviceContract.Devices;
import dev.starling.contract.event.EventContract;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.features.ImageFeatures;
import dev.starling.contract.features.ImageFeatures.ColorShare;
import dev.starling.contract.features.ImageFeatures.Described;
import dev.starling.contract.features.ImageFeatures.ExifRecord;
import dev.starling.contract.features.ImageFeatures.ImageRefused;
import dev.starling.contract.features.ImageFeaturesContract;
import dev.starling.contract.features.TextFeaturesContract;
import dev.starling.contract.features.TextFeaturesContract.AllFeatures;
import dev.starling.contract.features.TextFeaturesContract.Embedded;
import dev.starling.contract.features.TextFeaturesContract.TextFeatures;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The services that fusion asks, behind their contracts: a text's vector is made of its length, a
 * picture is one pixel for each byte unless it begins with "no", and every user has a phone and a
 * television. Thread-safe as far as tests use it.
 */
final class Neighbours extends ServiceVerticle {
  static final List<DeviceRecord> DEVICES =
      List.of(
          new DeviceRecord("phone-1", "My phone", "phone", "", List.of("set_wallpaper")),
          new DeviceRecord("tv-1", "The TV", "tv", "living room", List.of("show_on", "play")));

  private final List<Event> brought = new CopyOnWriteArrayList<>();
  private volatile boolean silent;

  /** From now on nobody answers about texts and devices. */
  void silent(boolean isSilent) {
    silent = isSilent;
  }

  /** What was brought to devices without the outbox. */
  List<Event> brought() {
    return brought;
  }

  @Override
  protected Future<?> open() {
    return serve(TextFeaturesContract.EMBED, (text, call) -> answer(embedded(text.text())))
        .compose(
            served ->
                serve(
                    TextFeaturesContract.EMBED_ALL,
                    (texts, call) ->
                        answer(
                            new AllFeatures(
                                texts.texts().stream().map(Neighbours::embedded).toList()))))
        .compose(served -> serve(DeviceContract.LIST, (user, call) -> answer(new Devices(DEVICES))))
        .compose(
            served -> serve(EventContract.deliver("devices"), (batch, call) -> answer(take(batch))))
        .compose(
            served ->
                serve(
                    ImageFeaturesContract.DESCRIBE,
                    (image, call) -> Future.succeededFuture(described(image.bytes()))));
  }

  private Receipt take(EventBatch batch) {
    brought.addAll(batch.events());
    return new Receipt(batch.events().stream().map(event -> Settled.DONE).toList());
  }

  private <T> Future<T> answer(T value) {
    return silent
        ? Future.failedFuture(new BusException(ErrorCode.UNAVAILABLE, "silent"))
        : Future.succeededFuture(value);
  }

  private static TextFeatures embedded(String text) {
    return new Embedded("length", new float[] {text.length(), 1});
  }

  private static ImageFeatures described(byte[] bytes) {
    return bytes.length > 1 && bytes[0] == 'n' && bytes[1] == 'o'
        ? new ImageRefused(ImageFeatures.Reason.UNSUPPORTED, "image: no picture (expected: JPEG)")
        : bytes.length > 0 && bytes[0] == 'b'
            ? new ImageRefused(
                ImageFeatures.Reason.UNFOLDS_TOO_FAR, "image: 10^9 pixels (expected: <= 10^8)")
            : new Described(
                bytes.length,
                1,
                List.of(new ColorShare("red", 0xff0000, 1)),
                0.5,
                1,
                false,
                1,
                new ExifRecord(1_893_491_999_000L, true, "Acme", "One", "", true),
                "",
                new float[0]);
  }
}
