package dev.starling.fusion.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What words are about, as far as it helps to tell intents apart: many words, few concepts. A word
 * alone decides nothing; the intent model weighs it with the others. Pure.
 */
final class Concepts {
  private static final Map<String, String> OF_WORD = Map.copyOf(words());

  private Concepts() {}

  private static Map<String, String> words() {
    Map<String, String> of = new HashMap<>();
    concept(
        of,
        "remove",
        "delete erase remove trash bin discard scrap ditch dump nuke wipe zap destroy purge junk",
        "eliminate dispose obliterate axe deleted erased removed deleting removing expunge rid gone",
        "unwanted vaporize annihilate kill disappear banish lose");
    concept(
        of,
        "send",
        "send share forward text message email mail ping dm whatsapp airdrop deliver transmit relay",
        "sent shared forwarded imessage telegram sms mms give dispatch ship",
        "forwarding sharing sending messenger signal post");
    concept(
        of,
        "show",
        "show display cast mirror beam project present view see watch look screencast chromecast",
        "airplay pull open showing casting displayed enlarge load flash");
    concept(
        of,
        "move",
        "put stick pop slap whack bung chuck toss fling plonk plop throw shift move hand pass get",
        "bring drop sling lob hurl shoot fire whip transfer push take bump");
    concept(of, "print", "print printout prints printed printing hardcopy paper printer photocopy");
    concept(
        of,
        "favorite",
        "favorite favorites like heart star fave bookmark starred liked hearted favorited love",
        "favoriting thumbs keeper");
    concept(
        of,
        "dim",
        "dim dimmer darken darker lower brightness bright brighten brighter dimmed reduce soften",
        "softer dimming brightly gloomier decrease");
    concept(
        of,
        "play",
        "play playing listen hear queue shuffle stream blast spin resume played tune tunes",
        "playback cue song songs music album playlist track tracks podcast radio band concert");
    concept(
        of,
        "stop",
        "stop pause halt cease quit end silence silent hush quiet enough shush shut stopped",
        "stopping paused mute off");
    concept(
        of,
        "wallpaper",
        "wallpaper background lockscreen homescreen backdrop icons desktop unlock");
    concept(
        of,
        "color",
        "color colors hue tint shade tone colored match glow matching colorize tinted");
    concept(of, "screen", "tv tvs telly screen display frame projector monitor screens");
    concept(of, "light", "light lights lamp lamps bulb bulbs lighting chandelier leds led");
    concept(of, "trash", "trash bin garbage rubbish wastebasket dustbin");
    concept(of, "mobile", "phone tablet ipad iphone gallery smartphone");
    concept(of, "speaker", "speaker speakers stereo soundbar headphones");
    concept(
        of,
        "image",
        "photo picture pic image shot snap snapshot selfie screenshot photograph photos pictures",
        "images one portrait pics shots capture photographs snaps snapshots");
    concept(of, "pronoun", "it this that these those them");
    concept(
        of,
        "person",
        "mom mum mommy mama mother dad daddy papa father sister brother grandma grandpa granny",
        "grandmother grandfather aunt uncle cousin wife husband boss friend friends family",
        "girlfriend boyfriend partner colleague neighbor neighbour son daughter parents everyone",
        "nana nan auntie roommate team mate buddy kids");
    concept(
        of,
        "number",
        "zero five ten fifteen twenty thirty forty fifty sixty seventy eighty ninety hundred half",
        "quarter percent third");
    concept(
        of,
        "elsewhere",
        "timer alarm weather temperature volume window door heating thermostat oven fan vacuum",
        "dishwasher curtains blinds calendar appointment meeting contacts account app settings wifi",
        "milk pizza taxi recipe news traffic joke story game chess reminder reminders list shopping",
        "call dial ring order buy book translate navigate camera channel degrees document",
        "flowers money location kettle coffee car heater shutters alarm lock garbage laundry");
    concept(
        of, "red-green", "red green blue yellow orange purple pink white cyan turquoise violet");
    return of;
  }

  private static void concept(Map<String, String> of, String name, String... words) {
    for (String line : words) {
      for (String word : List.of(line.split(" ", -1))) {
        of.put(word, "#" + name);
      }
    }
  }

  /** The concept of a word, or the word itself when it has none. */
  static String of(String word) {
    if (!word.isEmpty() && word.chars().allMatch(Character::isDigit)) {
      return "#number";
    }
    return OF_WORD.getOrDefault(word, word);
  }

  static boolean has(String word) {
    return of(word).startsWith("#");
  }
}
