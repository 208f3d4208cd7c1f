package dev.starling.fusion.core;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A home whose events tests write: what happened at which true time, told by devices whose clocks
 * are off, after some delay. Confined to one thread.
 */
final class Home {
  static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
  static final Duration LATENESS = Duration.ofSeconds(2);

  /** A Wednesday, 15:40 in Berlin. */
  static final Instant NOW = Instant.parse("2026-05-20T13:40:00Z");

  static final Device PHONE =
      device("phone-1", "My Phone", Device.Kind.PHONE, "", Intent.SET_WALLPAPER, Intent.PLAY);
  static final Device TABLET =
      device(
          "tablet-1",
          "Tablet",
          Device.Kind.TABLET,
          "",
          Intent.SET_WALLPAPER,
          Intent.SHOW_ON,
          Intent.PLAY);
  static final Device TV =
      device(
          "tv-1",
          "Living Room TV",
          Device.Kind.TV,
          "living room",
          Intent.SHOW_ON,
          Intent.PLAY,
          Intent.STOP,
          Intent.DIM);
  static final Device BEDROOM_TV =
      device(
          "tv-2",
          "Bedroom TV",
          Device.Kind.TV,
          "bedroom",
          Intent.SHOW_ON,
          Intent.PLAY,
          Intent.STOP,
          Intent.DIM);
  static final Device FRAME =
      device("frame-1", "Picture Frame", Device.Kind.FRAME, "hall", Intent.SHOW_ON);
  static final Device SPEAKER =
      device(
          "speaker-1", "Kitchen Speaker", Device.Kind.SPEAKER, "kitchen", Intent.PLAY, Intent.STOP);
  static final Device LAMP =
      device(
          "light-1",
          "Living Room Lamp",
          Device.Kind.LIGHT,
          "living room",
          Intent.DIM,
          Intent.SET_LIGHT_COLOR);
  static final Device BEDROOM_LIGHT =
      device(
          "light-2",
          "Bedroom Light",
          Device.Kind.LIGHT,
          "bedroom",
          Intent.DIM,
          Intent.SET_LIGHT_COLOR);
  static final Device PRINTER =
      device("printer-1", "Printer", Device.Kind.PRINTER, "office", Intent.PRINT);

  private final Random random;
  private final Map<String, Long> skews = new HashMap<>();
  private final List<FusionEvent> events = new ArrayList<>();
  private final List<Device> devices = new ArrayList<>();
  private int next = 1;

  Home(long seed) {
    random = new Random(seed);
    devices.addAll(
        List.of(PHONE, TABLET, TV, BEDROOM_TV, FRAME, SPEAKER, LAMP, BEDROOM_LIGHT, PRINTER));
  }

  private static Device device(
      String id, String name, Device.Kind kind, String location, Intent... can) {
    return new Device(id, name, kind, location, Set.of(can));
  }

  Home without(Device... gone) {
    devices.removeAll(List.of(gone));
    return this;
  }

  List<Device> devices() {
    return devices;
  }

  /** The device's clock is ahead by so many seconds; behind when negative. */
  Home clock(Device device, long aheadSeconds) {
    skews.put(device.id(), aheadSeconds * 1000);
    return this;
  }

  /** Something that happened so many seconds before now. */
  FusionEvent at(Device device, double secondsAgo, Content content) {
    Instant truth = NOW.minusMillis(Math.round(secondsAgo * 1000));
    long ahead = skews.getOrDefault(device.id(), 0L);
    long delay = 40L + random.nextInt(700);
    FusionEvent event =
        new FusionEvent(
            "/devices/" + device.id(),
            "e" + next++,
            device.id(),
            truth.plusMillis(ahead),
            truth.plusMillis(ahead + 5),
            truth.plusMillis(5 + delay),
            content);
    events.add(event);
    return event;
  }

  /** A picture; its id. */
  String image(Device device, double secondsAgo, String labels, String color) {
    return image(device, secondsAgo, labels, color, 0.5, 0.8, false);
  }

  String image(
      Device device,
      double secondsAgo,
      String labels,
      String color,
      double brightness,
      double sharpness,
      boolean screenshot) {
    String id = "img-" + next;
    List<String> tags =
        labels.isEmpty() || labels.startsWith("\"") ? List.of() : List.of(labels.split(",", -1));
    String caption = labels.startsWith("\"") ? labels.substring(1) : "";
    at(
        device,
        secondsAgo,
        new Content.Image(
            id,
            "https://pictures.example/" + id,
            caption,
            tags,
            Content.Exif.NONE,
            new Content.Descriptors(
                1600,
                1200,
                List.of(
                    new Content.Color(color, rgb(color), 0.45),
                    new Content.Color("gray", 0x808080, 0.3)),
                brightness,
                sharpness,
                screenshot),
            null));
    return id;
  }

  static int rgb(String color) {
    return switch (color) {
      case "red" -> 0xcc2211;
      case "blue" -> 0x2244cc;
      case "green" -> 0x22aa44;
      case "yellow" -> 0xe8d020;
      case "orange" -> 0xf08010;
      case "purple" -> 0x8020a0;
      case "pink" -> 0xf080b0;
      case "brown" -> 0x704020;
      case "white" -> 0xf8f8f8;
      case "black" -> 0x080808;
      default -> 0x777777;
    };
  }

  void view(Device device, double secondsAgo, String image) {
    at(device, secondsAgo, new Content.Behaviour("image_viewed", Map.of("image_id", image)));
  }

  void enter(double secondsAgo, String room) {
    at(PHONE, secondsAgo, new Content.Behaviour("entered_room", Map.of("room", room)));
  }

  void open(Device device, double secondsAgo, String app) {
    at(device, secondsAgo, new Content.Behaviour("app_opened", Map.of("app", app)));
  }

  FusionEvent say(Device device, double secondsAgo, String text) {
    return at(device, secondsAgo, new Content.Utterance(false, text, 1, List.of(), "en"));
  }

  FusionEvent hear(
      Device device,
      double secondsAgo,
      double confidence,
      String text,
      List<Content.Alternative> alternatives) {
    return at(
        device, secondsAgo, new Content.Utterance(true, text, confidence, alternatives, "en"));
  }

  /** A text's embedding; null for none. */
  interface Embedder {
    float @Nullable [] embed(String text);
  }

  List<FusionEvent> events() {
    return events;
  }

  Situation situation(FusionEvent utterance) {
    return situation(utterance, Map.of());
  }

  Situation situation(FusionEvent utterance, Map<String, float[]> vectors) {
    return new Situation(utterance, List.copyOf(events), devices, ZONE, LATENESS, vectors);
  }

  /** Decides as the service does: what is wanted is embedded first. */
  Decision decide(Resolver resolver, FusionEvent utterance, Embedder embedder) {
    Map<String, float[]> vectors = new HashMap<>();
    for (String text : resolver.wants(situation(utterance))) {
      float[] vector = embedder.embed(text);
      if (vector != null) {
        vectors.put(text, vector);
      }
    }
    return resolver.decide(situation(utterance, vectors));
  }
}
