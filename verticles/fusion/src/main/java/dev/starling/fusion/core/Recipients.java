package dev.starling.fusion.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Finds to whom something is to be sent. Pure. */
final class Recipients {
  /** Words that stand for somebody who was named before. */
  static final Set<String> PRONOUNS = Set.of("him", "her", "them");

  private static final Set<String> GIVING =
      Set.of(
          "send",
          "text",
          "email",
          "give",
          "forward",
          "message",
          "mail",
          "whatsapp",
          "dm",
          "ping",
          "shoot",
          "drop",
          "get",
          "let",
          "copy",
          "flick",
          "throw",
          "write",
          "pass",
          "hand",
          "share",
          "fire",
          "airdrop",
          "show",
          "promised",
          "promise",
          "owe",
          "sms",
          "sling",
          "app",
          "toss",
          "tell",
          "deliver",
          "make",
          "sure");
  private static final Set<String> RECEIVING =
      Set.of(
          "should",
          "needs",
          "wants",
          "has",
          "asked",
          "wanted",
          "requested",
          "deserves",
          "would",
          "must",
          "gets",
          "needed",
          "might",
          "will",
          "had",
          "could",
          "deserved",
          "begged",
          "keeps",
          "loves",
          "ought");
  private static final Set<String> WAITING =
      Set.of("waiting", "asking", "expecting", "dying", "after", "supposed", "hoping", "due");

  private static final Set<String> OBJECTS =
      Set.of(
          "it",
          "these",
          "those",
          "last",
          "latest",
          "both",
          "know",
          "take",
          "whatever",
          "all",
          "an",
          "everything",
          "also",
          "over",
          "via");

  private static final Set<String> NOBODY =
      Set.of(
          "trash",
          "bin",
          "favorites",
          "printer",
          "tv",
          "screen",
          "someone",
          "somebody",
          "wallpaper",
          "everywhere",
          "gallery",
          "paper",
          "others",
          "message",
          "chat",
          "email",
          "text",
          "something",
          "anyone",
          "anybody",
          "album",
          "folder",
          "camera",
          "cloud",
          "color",
          "light",
          "lights",
          "whatever",
          "work",
          "say");
  private static final Set<String> FAMILY =
      Set.of(
          "mom",
          "mum",
          "mama",
          "mommy",
          "mother",
          "dad",
          "papa",
          "daddy",
          "father",
          "sister",
          "brother",
          "grandma",
          "grandpa",
          "granny",
          "wife",
          "husband",
          "boss",
          "aunt",
          "uncle",
          "cousin",
          "team",
          "family",
          "girlfriend",
          "boyfriend",
          "son",
          "daughter",
          "parents",
          "friend",
          "friends",
          "everyone",
          "everybody",
          "partner",
          "neighbor",
          "neighbour",
          "nana",
          "roommate",
          "colleague",
          "kids",
          "neighbors",
          "neighbours",
          "accountant",
          "office",
          "class",
          "guys",
          "girls",
          "boys",
          "children",
          "nanny",
          "babysitter",
          "coach",
          "client",
          "lawyer",
          "insurance",
          "bank",
          "plumber",
          "editor",
          "doctor",
          "landlord",
          "teacher",
          "group",
          "him",
          "her");

  /** What may stand between "my" and a person. */
  private static final Set<String> QUALIFYING =
      Set.of(
          "best",
          "old",
          "older",
          "little",
          "new",
          "big",
          "whole",
          "good",
          "other",
          "entire",
          "dear",
          "former",
          "great",
          "half",
          "younger",
          "youngest",
          "oldest",
          "next",
          "second",
          "lovely");

  /** Names that are verbs and such as well. */
  private static final Set<String> ALSO_GIVEN =
      Set.of("mark", "will", "may", "pat", "bill", "art", "sue", "star", "drew", "chuck", "nick");

  /** What may follow when all that is to be done was said. */
  private static final Set<String> CONNECTING =
      Set.of(
          "please", "and", "now", "on", "via", "by", "for", "with", "as", "right", "when", "so",
          "from", "over", "through", "the", "thanks", "before", "if", "in", "who", "too", "then",
          "would", "will");

  /** How something is sent. */
  private static final Set<String> CHANNELS =
      Set.of(
          "whatsapp",
          "email",
          "sms",
          "airdrop",
          "telegram",
          "signal",
          "messenger",
          "bluetooth",
          "imessage",
          "text",
          "mail");

  /** When, after a name. */
  private static final Set<String> LATER =
      Set.of("asap", "immediately", "straight", "pronto", "directly", "tonight", "straightaway");

  /**
   * A recipient and where it stands.
   *
   * @param name without "my" or "the"; a pronoun when it is one; empty for nobody
   */
  record Found(String name, int from, int to) {
    static final Found NOBODY = new Found("", 0, 0);
  }

  private Recipients() {}

  /**
   * To whom.
   *
   * @param words without corrections of spelling, since names are spelt as they like
   * @param used words that mean a device
   */
  static Found find(List<String> words, boolean[] used) {
    // "send mom the picture of the walk to the lake"
    Found to = indirect(words, used, true);
    if (to.name().isEmpty()) {
      to = afterPreposition(words, used, "to");
    }
    if (to.name().isEmpty() && shares(words)) {
      to = afterPreposition(words, used, "with");
    }
    if (to.name().isEmpty()) {
      to = indirect(words, used, false);
    }
    if (to.name().isEmpty()) {
      to = afterPreposition(words, used, "for");
    }
    if (to.name().isEmpty()) {
      to = afterPreposition(words, used, "with");
    }
    if (to.name().isEmpty()) {
      return subject(words, used);
    }
    if (PRONOUNS.contains(to.name())) {
      // "mom would love it, send it to her"
      Found named = subject(words, used);
      return named.name().isEmpty() || PRONOUNS.contains(named.name()) ? to : named;
    }
    return to;
  }

  private static boolean shares(List<String> words) {
    return words.contains("share") || words.contains("chat") || words.contains("sharing");
  }

  private static Found afterPreposition(List<String> words, boolean[] used, String preposition) {
    Found last = Found.NOBODY;
    boolean lastShown = false;
    for (int i = 0; i + 1 < words.size(); i++) {
      if (!words.get(i).equals(preposition) || used[i] || used[i + 1]) {
        continue;
      }
      boolean with = preposition.equals("with");
      Found found = name(words, used, i + 1, !with || shares(words));
      boolean shown = !preposition.equals("to") && i > 0 && isImage(words.get(i - 1));
      boolean thing =
          words.get(i + 1).equals("the")
              && shown
              && !isPerson(words.get(found.to() - 1 < 0 ? 0 : found.to() - 1));
      if (found.name().isEmpty() || with && (thing || shown && !shares(words))) {
        continue;
      }
      // "share with tom the picture with the dog": what follows a picture is on it.
      if (last.name().isEmpty() || !shown || lastShown) {
        last = withAnother(words, used, new Found(found.name(), i, found.to()));
        lastShown = shown;
      }
    }
    return last;
  }

  /** "mom and dad" */
  private static Found withAnother(List<String> words, boolean[] used, Found one) {
    int and = one.to();
    if (and + 1 >= words.size() || !words.get(and).equals("and") || used[and]) {
      return one;
    }
    Found other = name(words, used, and + 1, true);
    boolean ends =
        other.to() >= words.size() || CONNECTING.contains(words.get(Math.max(0, other.to())));
    return other.name().isEmpty() || !ends || Concepts.has(other.name()) && !isPerson(other.name())
        ? one
        : new Found(one.name() + " and " + other.name(), one.from(), other.to());
  }

  private static boolean isPerson(String name) {
    return FAMILY.contains(name) || Concepts.of(name).equals("#person");
  }

  private static boolean isImage(String word) {
    return ImageWords.isNoun(word);
  }

  /** "send my sister the red one", "let dad see it" */
  private static Found indirect(List<String> words, boolean[] used, boolean plainly) {
    for (int i = 0; i + 2 < words.size(); i++) {
      boolean leads = i == TextFeatures.lead(words) && !ImageWords.isNoun(words.get(i));
      if (!GIVING.contains(words.get(i)) && !leads) {
        continue;
      }
      Found found = given(words, used, i + 1);
      if (found.name().isEmpty() || found.to() >= words.size()) {
        continue;
      }
      String next = words.get(found.to());
      if (plainly) {
        boolean person = !words.get(i + 1).equals("the") || isPerson(words.get(found.to() - 1));
        boolean thing = ImageWords.DETERMINERS.contains(next) || next.equals("it");
        if (person && thing) {
          return found;
        }
        continue;
      }
      boolean object =
          ImageWords.DETERMINERS.contains(next)
              || OBJECTS.contains(next)
              || next.equals("with") && leads
              || next.equals("see")
              || next.equals("have")
              || next.equals("gets")
              || next.equals("get")
              || next.equals("on")
              || next.equals("what")
              || next.equals("yesterday")
              || next.equals("today");
      if (object && !isImage(words.get(found.to() - 1))) {
        return found;
      }
    }
    return Found.NOBODY;
  }

  /** "send mark the photo": what is a verb elsewhere is a name between a verb and a thing. */
  private static Found given(List<String> words, boolean[] used, int at) {
    Found found = name(words, used, at, true);
    boolean thing = at + 1 < words.size() && ImageWords.DETERMINERS.contains(words.get(at + 1));
    return found.name().isEmpty() && thing && !used[at] && ALSO_GIVEN.contains(words.get(at))
        ? new Found(words.get(at), at, at + 1)
        : found;
  }

  /** "anna should get the photo", "i want dad to see it", "the photo goes to mom" */
  private static Found subject(List<String> words, boolean[] used) {
    for (int i = 1; i < words.size(); i++) {
      String next = i + 1 < words.size() ? words.get(i + 1) : "";
      boolean is = words.get(i).equals("is") || words.get(i).equals("'s");
      boolean receives =
          RECEIVING.contains(words.get(i)) && !next.equals("you") || is && WAITING.contains(next);
      boolean toHave =
          words.get(i).equals("to")
              && i + 1 < words.size()
              && (words.get(i + 1).equals("see")
                  || words.get(i + 1).equals("have")
                  || words.get(i + 1).equals("get"));
      boolean asked =
          (words.get(i).equals("get") || words.get(i).equals("see") || words.get(i).equals("have"))
              && i <= 5;
      if (receives || toHave || asked) {
        for (int length = 4; length >= 1; length--) {
          int from = i - length;
          if (from >= 0) {
            Found found = name(words, used, from, true);
            boolean person =
                !words.get(from).equals("the") || found.to() > 0 && isPerson(words.get(i - 1));
            if (found.to() == i && !found.name().isEmpty() && person) {
              return found;
            }
          }
        }
      }
    }
    return Found.NOBODY;
  }

  /** A name from one word on: "my sister", "uncle bob", "anna", "anna's best friend". */
  private static Found name(List<String> words, boolean[] used, int at, boolean anyDeterminer) {
    int from = at;
    boolean determined = false;
    boolean own = words.get(from).equals("my") || words.get(from).equals("our");
    if (own || words.get(from).equals("the") && anyDeterminer) {
      determined = !own;
      from++;
    }
    List<String> name = new ArrayList<>();
    int to = from;
    while (to < words.size() && name.size() < 6 && !used[to]) {
      String word = words.get(to);
      boolean qualifies =
          QUALIFYING.contains(word)
              && (own || determined || !name.isEmpty() && name.contains("'s"))
              && to + 1 < words.size()
              && !used[to + 1]
              && isName(words.get(to + 1), List.of());
      boolean possessive =
          word.equals("'s")
              && !name.isEmpty()
              && to + 1 < words.size()
              && !used[to + 1]
              && (QUALIFYING.contains(words.get(to + 1)) || isName(words.get(to + 1), List.of()));
      boolean inLaw = word.equals("in") && to + 1 < words.size() && isLaw(words.get(to + 1));
      boolean law = isLaw(word) && !name.isEmpty() && name.get(name.size() - 1).equals("in");
      boolean given =
          name.isEmpty()
              && !own
              && !determined
              && ALSO_GIVEN.contains(word)
              && endsThere(words, to);
      if (!qualifies && !possessive && !inLaw && !law && !given && !isName(word, name)) {
        break;
      }
      name.add(word);
      to++;
    }
    if (name.size() > 1 && LATER.contains(name.get(name.size() - 1))) {
      name.remove(name.size() - 1);
      to--;
    }
    boolean nobody =
        name.isEmpty()
            || NOBODY.contains(name.get(0))
            || NOBODY.contains(name.get(name.size() - 1))
            || determined && Concepts.of(name.get(name.size() - 1)).equals("#elsewhere");
    return nobody ? Found.NOBODY : new Found(Words.joined(name), at, to);
  }

  private static boolean isLaw(String word) {
    return word.equals("law") || word.equals("laws");
  }

  /** Whether nothing follows that a verb would be done to: "to mark", not "to mark it". */
  private static boolean endsThere(List<String> words, int at) {
    return at + 1 >= words.size() || CONNECTING.contains(words.get(at + 1));
  }

  private static boolean isName(String word, List<String> before) {
    if (FAMILY.contains(word)) {
      return true;
    }
    if (before.isEmpty() && PRONOUNS.contains(word)) {
      return true;
    }
    boolean pronoun = !before.isEmpty() && PRONOUNS.contains(before.get(0));
    return !pronoun
        && !PRONOUNS.contains(word)
        && (ImageWords.isContent(word) || before.isEmpty() && Colors.named(word) != null)
        && !CHANNELS.contains(word)
        && !RECEIVING.contains(word)
        && !GIVING.contains(word);
  }
}
