package dev.starling.fusion.core;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Words that speak of pictures, and words that say nothing about what is on them. Pure. */
final class ImageWords {
  static final Set<String> NOUNS =
      Set.of(
          "photo",
          "picture",
          "pic",
          "image",
          "shot",
          "snap",
          "snapshot",
          "photograph",
          "one",
          "selfie",
          "screenshot",
          "portrait",
          "capture",
          "pano");
  static final Set<String> PLURALS =
      Set.of(
          "photos",
          "pictures",
          "images",
          "shots",
          "snaps",
          "ones",
          "selfies",
          "screenshots",
          "captures",
          "photographs",
          "snapshots",
          "pics");
  static final Set<String> DETERMINERS =
      Set.of("the", "a", "an", "my", "our", "that", "this", "his", "her", "their", "your");

  /** What follows a picture to say what is on it. */
  static final Set<String> SHOWING =
      Set.of(
          "of",
          "with",
          "showing",
          "featuring",
          "where",
          "containing",
          "about",
          "from",
          "at",
          "has",
          "in",
          "shows",
          "depicting",
          "depicts",
          "capturing",
          "captures",
          "says",
          "saying",
          "when",
          "including",
          "includes",
          "contains",
          "near",
          "by",
          "under",
          "behind",
          "during",
          "having");

  private static final Set<String> ADJECTIVES =
      words(
          "last latest newest new old older oldest newer recent first second third other previous",
          "nice great cute beautiful lovely funny good bad terrible awful stupid silly gorgeous",
          "pretty amazing awesome cool ugly horrible best worst favorite whole same very entire",
          "little single current final actual");
  private static final Set<String> ADVERBS =
      words("just now again too also earlier recently really here there right only quickly");

  /** Words that are never about what is on a picture. */
  private static final Set<String> NOTHING =
      words(
          "i me we us you it its he she they them him myself someone everyone everybody anybody",
          "this that these those the a an my our your his her their some any all both each no yes",
          "and or but so then than if when while because not nor as to on in at by from of off up",
          "out over onto into with without for about around through via per near after before since",
          "is are am was were be been being do does did done has have had will would can could shall",
          "should may might must let lets 's re ve ll d please thanks thank hey hi hello ok okay yo",
          "um uh like well now just too also instead again maybe only really very quite pretty such",
          "here there where what which who whose how why today tonight yesterday tomorrow time",
          "set make makes made use using put puts change switch turn take takes taking took taken get",
          "gets got give gives show shows showing showed display cast mirror beam throw bring pull",
          "open send sends sent share shares forward text message email mail ping pass shoot fire drop",
          "deliver print prints printing printed printer copy copies paper hard run produce output",
          "delete remove erase trash bin discard scrap ditch dump nuke wipe kill zap destroy toss",
          "chuck lose rid clear clean away gone favorite favorites star heart mark add save keep tag",
          "flag bookmark list album gallery photos library camera roll folder collection color colors",
          "match like look looks looking see seeing seen view viewing watch watching want wants need",
          "needs love loves go goes going come comes play stop pause dim lower brightness percent",
          "level wallpaper background backdrop lockscreen homescreen home lock screen desktop icons",
          "behind apply have having had snap snapped shot capture captured shoot shooting photograph",
          "sure think believe mean meant actually guess kind sort bit abit thing things stuff way",
          "ahead sync tint paint light lights lamp lamps bulb room glow copied transfer base pick",
          "choose select selected grab fetch find back full big bigger large small main dominant",
          "next previous prior last latest newest recent first second third fourth fifth other another",
          "same new old older oldest newer earlier earliest early late later ago ever never always",
          "good great nice whole entire single two three four five few couple more most much many",
          "morning afternoon evening night noon lunch breakfast dinner lunchtime midnight weekend week",
          "month year day days hour hours minute minutes moment moments seconds monday tuesday",
          "wednesday thursday friday saturday sunday half quarter zero ten twenty thirty forty fifty",
          "sixty seventy eighty ninety hundred between during until till exactly perhaps probably",
          "posting post upload uploaded download saved stored arrived received came came got had",
          "tv phone tablet frame speaker device everything anything nothing something somewhere",
          "would'd nah nope yep yeah number option choice called named says said tell told",
          "removed deleted erased trashed shown displayed printed sent shared favorited starred set",
          "garbage rubbish wastebasket recycle recycling dustbin printout printouts photocopy version",
          "physical real hands hand fridge nobody else noone email chat whatsapp hearted bigger",
          "anymore longer still yet already supposed able possible quick quickly fast soon right",
          "along across together straight asap forth aside apart immediately lots lot plenty loads tons bunch amount bits mass everything nearly almost mostly rather",
          "tone tones shade shades hue hues tint tints tinge colored toned tinted hued dominated",
          "dominant covered filled full dripping drenched heavy majority pretty overall largely");

  /** Words that tell what kind of a picture it is, which descriptors know. */
  private static final Set<String> LOOKS =
      words(
          "dark darker darkest dim bright brighter brightest light lighter lightest blurry blurred",
          "blurriest fuzzy unsharp shaky sharp sharper sharpest crisp clear focused portrait vertical",
          "upright landscape horizontal wide widescreen sideways screenshot selfie monochrome tall");

  /** That end like "mostly" and are things or names. */
  private static final Set<String> THINGS =
      words(
          "family butterfly dragonfly assembly monopoly anomaly firefly gadfly beverly",
          "kimberly shelly reilly wembley stanly bradly italy emily molly sally");

  private ImageWords() {}

  private static Set<String> words(String... lines) {
    Set<String> words = new HashSet<>();
    for (String line : lines) {
      words.addAll(List.of(line.split(" ", -1)));
    }
    return Set.copyOf(words);
  }

  static boolean isNoun(String word) {
    return NOUNS.contains(word) || PLURALS.contains(word);
  }

  /** Whether it may stand between a determiner and a picture without saying what is on it. */
  static boolean isAdjective(String word) {
    return ADJECTIVES.contains(word);
  }

  static boolean isAdverb(String word) {
    return ADVERBS.contains(word);
  }

  /** Whether it may name what is on a picture. */
  static boolean isContent(String word) {
    boolean degree = word.length() > 5 && word.endsWith("ly") && !THINGS.contains(word);
    return word.length() > 1
        && !degree
        && !NOTHING.contains(word)
        && !ADJECTIVES.contains(word)
        && !ADVERBS.contains(word)
        && !LOOKS.contains(word)
        && !isNoun(word)
        && Colors.named(word) == null
        && !word.chars().allMatch(Character::isDigit);
  }
}
