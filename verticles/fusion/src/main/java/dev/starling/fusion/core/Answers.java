package dev.starling.fusion.core;

import dev.starling.fusion.core.Candidates.Scored;
import dev.starling.fusion.core.Decision.Target;
import dev.starling.fusion.core.Slot.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is said after a question, as its answer: a choice among its options, what was missing, yes,
 * or no. Confined to one decision.
 */
final class Answers {
  private static final double SURE = 0.97;

  /** Names have at most so many words. */
  private static final int MOST_NAMED = 4;

  /** Words that only call it off. */
  private static final Set<String> CANCEL =
      Set.of(
          "no",
          "nope",
          "nah",
          "never",
          "mind",
          "cancel",
          "forget",
          "it",
          "that",
          "about",
          "leave",
          "stop",
          "do",
          "not",
          "bother",
          "neither",
          "none",
          "of",
          "them",
          "thanks",
          "thank",
          "you",
          "ok",
          "okay",
          "please",
          "just",
          "nothing",
          "actually",
          "then",
          "this",
          "be",
          "abort",
          "skip",
          "quit",
          "all",
          "wait",
          "sorry",
          "anymore",
          "let",
          "want",
          "i",
          "either",
          "the",
          "those",
          "these",
          "well",
          "oh",
          "to",
          "changed",
          "my",
          "drop",
          "alright",
          "anything");

  /** Of which one has to be there to call it off. */
  private static final Set<String> CANCELLING =
      Set.of(
          "no", "nope", "nah", "never", "cancel", "forget", "bother", "neither", "none", "nothing",
          "abort", "stop", "skip", "leave", "quit", "not", "drop", "changed");

  private static final Set<String> AGREE =
      Set.of(
          "yes",
          "yeah",
          "yep",
          "yup",
          "sure",
          "right",
          "correct",
          "exactly",
          "ok",
          "okay",
          "please",
          "that",
          "one",
          "do",
          "it",
          "is",
          "'s",
          "the",
          "of",
          "course",
          "absolutely",
          "definitely",
          "go",
          "ahead",
          "fine",
          "this",
          "true",
          "precisely",
          "indeed",
          "yea",
          "sounds",
          "good");

  private static final Set<String> AGREEING =
      Set.of(
          "yes",
          "yeah",
          "yep",
          "yup",
          "sure",
          "right",
          "correct",
          "exactly",
          "absolutely",
          "yea",
          "definitely",
          "precisely",
          "indeed",
          "ok",
          "okay",
          "ahead",
          "course");

  private final Scene scene;
  private final Decision asked;
  private final String text;
  private final List<String> words;

  private Answers(Scene scene, Discourse.Turn question, String text) {
    this.scene = scene;
    this.asked = question.decision();
    this.text = text;
    this.words = Words.of(text);
  }

  /** What leads to an answer and says nothing. Longest first. */
  private static final List<List<String>> LEADS =
      Stream.of(
              "i was thinking of",
              "i was thinking about",
              "i am thinking of",
              "i was talking about",
              "i am talking about",
              "i was after",
              "i am after",
              "i would say",
              "let us go with",
              "let us take",
              "let us have",
              "let us say",
              "i would like",
              "i would go for",
              "i would go with",
              "i would take",
              "i will take",
              "i will have",
              "i will go with",
              "go with",
              "go for",
              "i meant",
              "i mean",
              "i want",
              "i said",
              "it would be",
              "that would be",
              "it was",
              "it is",
              "that is",
              "that 's",
              "make it",
              "make that",
              "use",
              "pick",
              "choose",
              "take",
              "try",
              "sorry",
              "no",
              "oh",
              "well",
              "probably",
              "surely",
              "definitely",
              "obviously",
              "preferably")
          .map(lead -> List.of(lead.split(" ", -1)))
          .toList();

  /** "i was thinking of the cake": an answer, though a report by its looks. */
  private static List<String> withoutLead(List<String> words) {
    List<String> rest = words;
    boolean found = true;
    while (found) {
      found = false;
      for (List<String> lead : LEADS) {
        if (rest.size() > lead.size() && rest.subList(0, lead.size()).equals(lead)) {
          rest = rest.subList(lead.size(), rest.size());
          found = true;
          break;
        }
      }
    }
    return rest;
  }

  /** The outcome; null when it is no answer. */
  static @Nullable Outcome of(Scene scene, Discourse.Turn question, String text) {
    Outcome outcome = new Answers(scene, question, text).outcome();
    return outcome == null ? null : outcome.answering(question.decision().utterance());
  }

  private @Nullable Outcome outcome() {
    if (words.isEmpty()) {
      return null;
    }
    if (consistsOf(CANCEL, CANCELLING)) {
      return Outcome.none(SURE);
    }
    if (Mood.isNoCommand(withoutLead(words))) {
      return null;
    }
    boolean yes = consistsOf(AGREE, AGREEING);
    if (Draft.needsPicture(asked.intent()) && asked.target() == null) {
      return picture(yes);
    }
    if (asked.device().isEmpty()) {
      return device(yes);
    }
    String missing = missing();
    if (!missing.isEmpty()) {
      return argument(missing);
    }
    return yes ? complete(draft(1).device(asked.device(), 1)) : null;
  }

  private boolean consistsOf(Set<String> all, Set<String> one) {
    return all.containsAll(words) && words.stream().anyMatch(one::contains);
  }

  private String missing() {
    return switch (asked.intent()) {
      case SEND_TO -> asked.arguments().containsKey("recipient") ? "" : "recipient";
      case DIM -> asked.arguments().containsKey("level") ? "" : "level";
      case PLAY -> asked.arguments().containsKey("query") ? "" : "query";
      default -> "";
    };
  }

  /** The command as far as it was known when the question was asked. */
  private Draft draft(double confidence) {
    Draft draft = new Draft(scene, asked.intent(), SURE * confidence);
    draft.arguments(asked.arguments());
    if (asked.target() != null) {
      draft.picture(asked.target(), 1);
    }
    return draft;
  }

  /** "Yes" chooses none of several: the same question once more. */
  private Outcome again() {
    return new Outcome(
        asked.status(),
        asked.intent(),
        asked.target(),
        asked.device(),
        asked.arguments(),
        asked.confidence(),
        asked.question(),
        asked.options(),
        null,
        List.of(),
        List.of());
  }

  private Outcome complete(Draft draft) {
    return draft.outcome();
  }

  private @Nullable Outcome argument(String missing) {
    String value =
        switch (missing) {
          case "recipient" -> recipient();
          case "level" -> {
            int level = Levels.find(words);
            yield level == Levels.UNSAID ? "" : Integer.toString(level);
          }
          default -> query();
        };
    if (value.isEmpty() || words.size() > 10) {
      return null;
    }
    return complete(draft(1).device(asked.device(), 1).argument(missing, value));
  }

  /** Who is named, or all that is said after "to" and the like when that is short. */
  private String recipient() {
    String named = People.recipient(scene.phrase(text));
    return named.isEmpty() ? said(FOR) : People.meant(named, scene.discourse());
  }

  private String query() {
    List<Span> sounds = scene.phrase(text).spans(Slot.SOUND);
    return sounds.isEmpty()
        ? said(PLAY)
        : Spelling.of(text, scene.phrase(text).words(sounds.get(0)));
  }

  private static final Set<String> FOR =
      Set.of("to", "for", "my", "our", "the", "please", "send", "it");
  private static final Set<String> PLAY = Set.of("play", "some", "please", "me", "us");

  /** What is said, without words that lead to it; empty when it is more than a name. */
  private String said(Set<String> leading) {
    List<String> rest = withoutLead(words);
    while (!rest.isEmpty() && leading.contains(rest.get(0))) {
      rest = rest.subList(1, rest.size());
    }
    int last = rest.size() - 1;
    rest = last > 0 && rest.get(last).equals("please") ? rest.subList(0, last) : rest;
    return rest.isEmpty() || rest.size() > MOST_NAMED ? "" : Spelling.of(text, rest);
  }

  private @Nullable Outcome device(boolean yes) {
    List<Device> options = new ArrayList<>();
    for (Device device : scene.devices()) {
      boolean offered = asked.options().contains(Target.device(device.id()));
      boolean any = asked.options().isEmpty() && DeviceChoice.isCapable(device, asked.intent());
      if (offered || any) {
        options.add(device);
      }
    }
    Device chosen = yes && options.size() == 1 ? options.get(0) : null;
    List<Device> fitting = new ArrayList<>(options);
    boolean named = false;
    for (DeviceMention mention : scene.words().find(words)) {
      named = true;
      fitting.retainAll(mention.devices());
    }
    Parse parse = scene.parse(asked.intent(), scene.phrase(text).plain());
    if (!named && parse.here()) {
      String room =
          DeviceChoice.room(scene.devices(), scene.words(), scene.timeline(), scene.attention());
      fitting.removeIf(device -> !scene.words().room(device).equals(room));
      named = true;
    }
    int order = parse.reference().order();
    if (!named && order > 0 && order <= options.size()) {
      chosen = options.get(order - 1);
    } else if (named && fitting.size() == 1) {
      chosen = fitting.get(0);
    } else if (!named) {
      chosen = chosen == null ? byName(options) : chosen;
    }
    if (chosen == null) {
      return yes ? again() : null;
    }
    return complete(draft(1).device(chosen.id(), 1).reading(List.of("on: " + chosen.id())));
  }

  /** The one whose name or room shares words with the answer, if only one does. */
  private @Nullable Device byName(List<Device> options) {
    Device found = null;
    for (Device device : options) {
      Set<String> named = new TreeSet<>(Words.of(device.name() + " " + device.location()));
      named.removeIf(word -> !ImageWords.isContent(word) && word.length() < 5);
      named.retainAll(words);
      if (!named.isEmpty()) {
        if (found != null) {
          return null;
        }
        found = device;
      }
    }
    return found;
  }

  private @Nullable Outcome picture(boolean yes) {
    if (yes) {
      return asked.options().size() == 1 ? chosen(asked.options().get(0), 1) : again();
    }
    boolean[] used = new boolean[words.size()];
    Set<String> sources = new TreeSet<>();
    for (DeviceMention mention : scene.words().find(words)) {
      for (int i = mention.from(); i < mention.to(); i++) {
        used[i] = true;
      }
      for (Device device : mention.devices()) {
        sources.add(device.id());
      }
    }
    PictureWords.Said read = scene.pictureWords().ofAnswer(scene.phrase(text), used);
    Reference reference = compared(read.reference(scene.now(), scene.zone()), read.words());
    boolean says = reference.describes() || !sources.isEmpty();
    boolean said =
        says
            || reference.pointing() == Reference.Pointing.OTHER
            || reference.pointing() == Reference.Pointing.VIEWED
            || reference.pointing() == Reference.Pointing.THIS
            || !reference.loose().isEmpty() && words.size() <= 6;
    if (!said || reference.plural()) {
      return null;
    }
    if (reference.order() > 0 && reference.order() <= asked.options().size() && sources.isEmpty()) {
      return chosen(asked.options().get(reference.order() - 1), 1);
    }
    Candidates all = scene.candidates(reference, sources, Set.of());
    Candidates among = offered(reference, sources);
    Scored best = among.best();
    boolean told = says || best != null && best.reasons().containsKey("words");
    if (best == null || !told || best.fit() <= Candidates.FITS) {
      best = all.best();
      among = all;
    }
    if (best == null || !told || best.fit() <= Candidates.FITS) {
      return null;
    }
    if (among.confidence() < Draft.PICTURE) {
      Draft again = new Draft(scene, asked.intent(), SURE).arguments(asked.arguments());
      return again.device(asked.device(), 1).pictures(among, false).outcome();
    }
    return chosen(best.target(), among.confidence());
  }

  /** "the one i took first" is the older one, not the first that was offered. */
  private static final Set<String> WHEN_TAKEN =
      Set.of(
          "took",
          "taken",
          "take",
          "snapped",
          "shot",
          "made",
          "got",
          "captured",
          "photographed",
          "came",
          "was",
          "happened");

  /** "the newer one", of those that were offered. */
  private static Reference compared(Reference reference, List<String> words) {
    boolean newer =
        words.contains("newer")
            || words.contains("later")
            || words.contains("second") && words.stream().anyMatch(WHEN_TAKEN::contains);
    boolean older =
        words.contains("older")
            || words.contains("earlier")
            || words.contains("first") && words.stream().anyMatch(WHEN_TAKEN::contains);
    if (!newer && !older) {
      return reference;
    }
    When when = new When(false, newer, older, 0, 0, null, newer ? "the newer" : "the older");
    return new Reference(
        when,
        0,
        0,
        Reference.Pointing.NOT,
        reference.content(),
        reference.loose(),
        reference.colors(),
        reference.looks(),
        reference.noun(),
        false,
        false,
        false,
        reference.name());
  }

  /** Those that the question offered, compared with each other; all when it offered none. */
  private Candidates offered(Reference reference, Set<String> sources) {
    Set<String> ids = new TreeSet<>();
    for (Target option : asked.options()) {
      ids.add(option.id());
    }
    return scene.candidates(reference, sources, ids);
  }

  private Outcome chosen(Target target, double confidence) {
    Draft draft = draft(confidence).picture(target, 1);
    Parse original = original();
    String device = asked.device();
    boolean settled =
        !device.isEmpty()
            && asked.intent() != Intent.SEND_TO
            && asked.intent() != Intent.DELETE
            && asked.intent() != Intent.FAVORITE;
    if (settled) {
      draft.device(device, 1);
    } else {
      draft.device(scene.device(original, draft.pictureDevice()));
    }
    return complete(draft.reading(List.of("chosen: " + target.id())));
  }

  /** What the command was, in the words in which it was given first. */
  private Parse original() {
    FusionEvent.Key key = asked.utterance();
    for (int i = scene.discourse().turns().size() - 1; i >= 0; i--) {
      Decision decision = scene.discourse().turns().get(i).decision();
      if (decision.utterance().equals(key) && decision.answers() != null) {
        key = decision.answers();
      }
    }
    String said = "";
    for (Moment moment : scene.timeline().moments()) {
      if (moment.event().key().equals(key)
          && moment.event().content() instanceof Content.Utterance utterance) {
        said = utterance.transcript();
      }
    }
    return scene.parse(asked.intent(), scene.phrase(said).plain());
  }
}
