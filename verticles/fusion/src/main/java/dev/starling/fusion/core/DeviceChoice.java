package dev.starling.fusion.core;

import dev.starling.fusion.core.Device.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The device that is to act. Immutable.
 *
 * @param device its id; empty when it is not clear
 * @param options among which it is, when it is not clear
 * @param confidence 0..1
 */
record DeviceChoice(String device, List<Device> options, double confidence) {
  private static final double NAMED = 0.99;
  private static final double ONLY = 0.97;
  private static final double NEAR = 0.95;
  private static final double AGAIN = 0.9;
  private static final double UNCLEAR = 0.4;

  /** Devices that are carried, and are where their user is. */
  private static final Set<Kind> CARRIED = Set.of(Kind.PHONE, Kind.TABLET);

  DeviceChoice {
    options = List.copyOf(options);
  }

  private static DeviceChoice of(Device device, double confidence) {
    return new DeviceChoice(device.id(), List.of(), confidence);
  }

  private static DeviceChoice unclear(List<Device> options) {
    return new DeviceChoice("", options, UNCLEAR);
  }

  /**
   * Chooses.
   *
   * @param imageDevice that has the picture; empty when there is none
   */
  static DeviceChoice of(
      Parse parse,
      List<Device> devices,
      DeviceWords words,
      Timeline timeline,
      Discourse discourse,
      Attention attention,
      String imageDevice) {
    Intent intent = parse.intent();
    if (intent == Intent.SEND_TO || intent == Intent.DELETE || intent == Intent.FAVORITE) {
      return new DeviceChoice(imageDevice, List.of(), 1);
    }
    List<Device> capable = new ArrayList<>();
    for (Device device : devices) {
      if (isCapable(device, intent)) {
        capable.add(device);
      }
    }
    String room = room(devices, words, timeline, attention);
    if (!parse.targets().isEmpty()) {
      DeviceChoice named = named(parse, capable, words, room);
      DeviceChoice busy = intent == Intent.STOP ? busy(named, discourse, attention) : named;
      return again(busy, intent, discourse, timeline);
    }
    Device speaking = speaking(devices, timeline.speakingDevice());
    if (intent == Intent.SET_WALLPAPER) {
      return wallpaper(speaking, timeline.speakingDevice(), capable, imageDevice);
    }
    if (intent == Intent.STOP) {
      String told = discourse.busyDevice(parse.stops());
      told = told.isEmpty() ? discourse.busyDevice() : told;
      String busy = told.isEmpty() ? attention.playing() : told;
      if (!busy.isEmpty() && (capable.isEmpty() || ids(capable).contains(busy))) {
        return new DeviceChoice(busy, List.of(), NEAR);
      }
    }
    return again(unnamed(parse, capable, words, speaking, room), intent, discourse, timeline);
  }

  /** "stop the speaker": of two, the one that plays. */
  private static DeviceChoice busy(DeviceChoice choice, Discourse discourse, Attention attention) {
    if (!choice.device().isEmpty()) {
      return choice;
    }
    for (Intent doing : List.of(Intent.PLAY, Intent.SHOW_ON)) {
      for (Device option : choice.options()) {
        if (option.id().equals(discourse.busyDevice(doing))) {
          return of(option, NEAR);
        }
      }
    }
    for (Device option : choice.options()) {
      if (option.id().equals(attention.playing())) {
        return of(option, NEAR);
      }
    }
    return choice;
  }

  /** What did the same a while ago, of those between which it is not clear. */
  private static DeviceChoice again(
      DeviceChoice choice, Intent intent, Discourse discourse, Timeline timeline) {
    Discourse.Turn last = discourse.command(timeline.now());
    if (!choice.device().isEmpty() || last == null || intent == Intent.PRINT) {
      return choice;
    }
    boolean same = group(last.decision().intent()) == group(intent);
    for (Device option : choice.options()) {
      if (same && option.id().equals(last.decision().device())) {
        return of(option, AGAIN);
      }
    }
    return choice;
  }

  private static Intent group(Intent intent) {
    return intent == Intent.SET_LIGHT_COLOR ? Intent.DIM : intent;
  }

  static boolean isCapable(Device device, Intent intent) {
    Set<Intent> can = device.capabilities();
    return can.contains(intent)
        || intent == Intent.STOP && (can.contains(Intent.PLAY) || can.contains(Intent.SHOW_ON));
  }

  private static List<String> ids(List<Device> devices) {
    List<String> ids = new ArrayList<>();
    for (Device device : devices) {
      ids.add(device.id());
    }
    return ids;
  }

  private static @Nullable Device speaking(List<Device> devices, String id) {
    for (Device device : devices) {
      if (device.id().equals(id)) {
        return device;
      }
    }
    return null;
  }

  /** Where the user is: with what they speak to when it stands somewhere; else where they went. */
  static String room(
      List<Device> devices, DeviceWords words, Timeline timeline, Attention attention) {
    Device speaking = speaking(devices, timeline.speakingDevice());
    String there = speaking == null ? "" : words.room(speaking);
    boolean carried = speaking == null || CARRIED.contains(speaking.kind());
    if (!there.isEmpty() && !carried) {
      return there;
    }
    return attention.room().isEmpty() ? there : attention.room();
  }

  private static DeviceChoice named(
      Parse parse, List<Device> capable, DeviceWords words, String room) {
    List<Device> fitting = new ArrayList<>(capable);
    boolean generic = true;
    for (DeviceMention mention : acting(parse.targets(), capable)) {
      List<Device> left = new ArrayList<>(fitting);
      left.retainAll(mention.devices());
      if (left.isEmpty()) {
        // Named is what the user does not have, or what cannot do it.
        return unclear(fitting.size() == capable.size() ? capable : fitting);
      }
      generic &= mention.room().isEmpty();
      fitting = left;
    }
    if (fitting.size() == 1) {
      return of(fitting.get(0), NAMED);
    }
    if (parse.everywhere()) {
      return unclear(fitting);
    }
    return generic ? near(fitting, words, room) : unclear(fitting);
  }

  /** "my phone is too small, show it on the tv": what cannot do it is spoken of, and no more. */
  private static List<DeviceMention> acting(List<DeviceMention> targets, List<Device> capable) {
    List<DeviceMention> acting =
        targets.stream()
            .filter(mention -> mention.devices().stream().anyMatch(capable::contains))
            .toList();
    return acting.isEmpty() ? targets : acting;
  }

  private static DeviceChoice near(List<Device> among, DeviceWords words, String room) {
    List<Device> there = new ArrayList<>();
    for (Device device : among) {
      if (!room.isEmpty() && words.room(device).equals(room)) {
        there.add(device);
      }
    }
    if (there.size() == 1) {
      return of(there.get(0), NEAR);
    }
    return unclear(there.isEmpty() ? among : there);
  }

  private static DeviceChoice wallpaper(
      @Nullable Device speaking, String speakingId, List<Device> capable, String imageDevice) {
    if (speaking == null) {
      return new DeviceChoice(speakingId, List.of(), NEAR);
    }
    if (capable.contains(speaking)) {
      return of(speaking, NAMED);
    }
    if (capable.size() == 1) {
      return of(capable.get(0), ONLY);
    }
    for (Device device : capable) {
      if (device.id().equals(imageDevice)) {
        return of(device, NEAR);
      }
    }
    return unclear(capable);
  }

  private static DeviceChoice unnamed(
      Parse parse,
      List<Device> capable,
      DeviceWords words,
      @Nullable Device speaking,
      String room) {
    if (capable.isEmpty()) {
      return unclear(List.of());
    }
    if (capable.size() == 1) {
      return of(capable.get(0), ONLY);
    }
    boolean speaks = speaking != null && capable.contains(speaking);
    if (speaks && (parse.here() || !CARRIED.contains(speaking.kind()))) {
      return of(speaking, NEAR);
    }
    List<Device> standing = new ArrayList<>();
    for (Device device : capable) {
      if (!CARRIED.contains(device.kind())) {
        standing.add(device);
      }
    }
    List<Device> among = standing.isEmpty() ? capable : standing;
    if (among.size() == 1) {
      return of(among.get(0), NEAR);
    }
    DeviceChoice near = near(among, words, room);
    if (near.device().isEmpty() && speaks && standing.isEmpty()) {
      return of(speaking, NEAR);
    }
    return near;
  }
}
