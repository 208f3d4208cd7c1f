package dev.starling.fusion.core;

import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * All that one utterance is decided with. Immutable.
 *
 * @param devices of the user
 * @param words for them
 * @param vectors of texts that were asked for
 */
record Scene(
    Timeline timeline,
    Discourse discourse,
    Attention attention,
    List<Device> devices,
    DeviceWords words,
    ZoneId zone,
    Map<String, float[]> vectors) {

  Scene(Timeline timeline, Discourse discourse, Situation situation, DeviceWords words) {
    this(
        timeline,
        discourse,
        Attention.of(timeline),
        situation.devices(),
        words,
        situation.zone(),
        situation.vectors());
  }

  long now() {
    return timeline.now();
  }

  Map<String, Device> byId() {
    Map<String, Device> byId = new TreeMap<>();
    for (Device device : devices) {
      byId.put(device.id(), device);
    }
    return byId;
  }

  /** Ids of what takes pictures; empty when nothing is registered. */
  private Set<String> cameras() {
    Set<String> cameras = new HashSet<>();
    for (Device device : devices) {
      if (device.kind() == Device.Kind.PHONE || device.kind() == Device.Kind.TABLET) {
        cameras.add(device.id());
      }
    }
    return cameras;
  }

  Parse parse(Intent intent, String text) {
    return Parse.of(intent, text, words, now(), zone);
  }

  /**
   * The pictures that may be meant.
   *
   * @param sources ids of the devices that it is from; empty when none is named
   * @param among ids of the pictures of which it is one; empty for any
   */
  Candidates candidates(Reference reference, Set<String> sources, Set<String> among) {
    return ImageScores.of(this, reference, sources, among, cameras());
  }

  DeviceChoice device(Parse parse, String imageDevice) {
    return DeviceChoice.of(parse, devices, words, timeline, discourse, attention, imageDevice);
  }
}
