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
 * @param models of language
 * @param vectors of texts that were asked for
 */
record Scene(
    Timeline timeline,
    Discourse discourse,
    Attention attention,
    List<Device> devices,
    DeviceWords words,
    Models models,
    ZoneId zone,
    Map<String, float[]> vectors) {

  Scene(
      Timeline timeline,
      Discourse discourse,
      Situation situation,
      DeviceWords words,
      Models models) {
    this(
        timeline,
        discourse,
        Attention.of(timeline),
        situation.devices(),
        words,
        models,
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

  /** Ids of what is known to take no pictures. */
  private Set<String> displays() {
    Set<String> displays = new HashSet<>();
    for (Device device : devices) {
      if (device.kind() != Device.Kind.PHONE && device.kind() != Device.Kind.TABLET) {
        displays.add(device.id());
      }
    }
    return displays;
  }

  Phrase phrase(String text) {
    return Phrase.of(text, words, models.slots());
  }

  PictureWords pictureWords() {
    return new PictureWords(models.pictures(), vectors, now(), zone);
  }

  Parse parse(Intent intent, Phrase phrase) {
    return Parse.of(
        intent, phrase.needing(intent, models.slots()), pictureWords(), words, now(), zone);
  }

  /**
   * The pictures that may be meant.
   *
   * @param sources ids of the devices that it is from; empty when none is named
   * @param among ids of the pictures of which it is one; empty for any
   */
  Candidates candidates(Reference reference, Set<String> sources, Set<String> among) {
    return ImageScores.of(this, reference, sources, among, displays());
  }

  DeviceChoice device(Parse parse, String imageDevice) {
    return DeviceChoice.of(parse, devices, words, timeline, discourse, attention, imageDevice);
  }
}
