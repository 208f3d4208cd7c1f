package dev.starling.fusion.core;

import dev.starling.fusion.core.Decision.Explanation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides by event time: as of the utterance, with the clocks of devices corrected, and with what
 * was said before it decided again from the same events. Immutable, thread-safe.
 */
public final class EventTimeResolver implements Resolver {
  /*
   * An utterance is read in all the ways in which it may have been heard. Each reading comes to an
   * outcome: an answer to a question, a command, the continuation of one, or nothing. Readings vote
   * for their outcomes, by how well they were heard and how sure the outcome is.
   */

  /** From here on a text is no fragment, but the command that it most resembles. */
  private static final double COMMAND = 0.5;

  /** From here on it may be a command, which is asked when it is not clear enough. */
  private static final double PERHAPS = 0.42;

  /**
   * From here on it is one when it names what is on a picture, which makes it likelier by as much.
   */
  private static final double HINT = 0.03;

  private static final double KNOWN_CONTENT = 25;
  private static final double SURE = 0.95;

  private static final double OTHER_COMMAND = 0.7;
  private static final double FRAGMENT = 0.3;

  /** From here on something is likely no command at all. */
  private static final double NOTHING = 0.3;

  private static final long CONTINUATION_MILLIS = 3 * 60_000L;

  private static final int MOST_ALTERNATIVES = 3;

  /** The best reading is right about this much more often than its confidence says. */
  private static final double FIRST_READING = 1.5;

  /** Below this the other readings are worth an embedding. */
  private static final double WELL_HEARD = 0.9;

  /** Pictures of whose labels and captions embeddings are asked for: the latest. */
  private static final int MOST_WANTED_IMAGES = 40;

  private final Models models;

  private EventTimeResolver(Models models) {
    this.models = models;
  }

  /** With the models that ship; blocks. */
  public static EventTimeResolver create() {
    return new EventTimeResolver(Models.shipped());
  }

  /**
   * One way in which something may have been heard.
   *
   * @param weight larger is likelier
   */
  private record Reading(String text, double weight, boolean first) {
    /** Whether what it says of doing nothing was said on purpose. */
    boolean sure() {
      return Mood.isNoCommand(Words.of(text));
    }
  }

  /** What a reading comes to. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Vote(Reading reading, Outcome outcome, double[] intents) {
    /** That a command was misheard as nothing is likelier than that nothing was as a command. */
    double weight() {
      boolean nothing = outcome.status() == Decision.Status.NONE && !reading.sure();
      return reading.weight() * outcome.confidence() * (nothing ? 0.5 : 1);
    }
  }

  @Override
  public boolean matters(Content content) {
    return Attention.matters(content);
  }

  @Override
  public Decision decide(Situation situation) {
    Timeline timeline = Timeline.of(situation);
    DeviceWords words = new DeviceWords(situation.devices());
    Discourse discourse = Discourse.NONE;
    for (Moment said : earlier(timeline)) {
      Scene scene = new Scene(timeline.asOf(said), discourse, situation, words, models);
      discourse = discourse.with(new Discourse.Turn(said.millis(), decide(scene)));
    }
    return decide(new Scene(timeline, discourse, situation, words, models));
  }

  private static List<Moment> earlier(Timeline timeline) {
    return timeline.earlierUtterances(Discourse.MOST_TURNS, Discourse.LONGEST_MILLIS);
  }

  private Decision decide(Scene scene) {
    FusionEvent event = scene.timeline().utterance().event();
    List<Vote> votes = new ArrayList<>();
    if (event.content() instanceof Content.Utterance utterance) {
      for (Reading reading : readings(utterance)) {
        votes.add(vote(scene, reading));
      }
    }
    Vote elected = elected(votes);
    return decision(scene, elected == null ? Outcome.none(1) : elected.outcome(), elected);
  }

  private static List<Reading> readings(Content.Utterance utterance) {
    List<Reading> readings = new ArrayList<>();
    String transcript = utterance.transcript();
    double heard = utterance.spoken() ? certainty(utterance.confidence()) : 1;
    readings.add(new Reading(transcript, FIRST_READING * heard, true));
    if (!utterance.spoken()) {
      return readings;
    }
    Set<List<String>> known = new HashSet<>();
    known.add(Words.of(transcript));
    for (Content.Alternative alternative : alternatives(utterance)) {
      if (known.add(Words.of(alternative.transcript()))) {
        readings.add(
            new Reading(alternative.transcript(), certainty(alternative.confidence()), false));
      }
    }
    return readings;
  }

  private static double certainty(double confidence) {
    double within = Double.isNaN(confidence) ? 0.5 : Math.max(0.1, Math.min(1, confidence));
    return within * within;
  }

  private static List<Content.Alternative> alternatives(Content.Utterance utterance) {
    List<Content.Alternative> all = utterance.alternatives();
    return all.subList(0, Math.min(MOST_ALTERNATIVES, all.size()));
  }

  private Vote vote(Scene scene, Reading reading) {
    List<String> words = Words.of(reading.text());
    if (words.isEmpty()) {
      double[] intents = new double[IntentModel.LABELS];
      intents[Intent.NONE.ordinal()] = 1;
      return new Vote(reading, Outcome.none(1), intents);
    }
    Phrase phrase = scene.phrase(reading.text());
    double[] intents = models.intents().probabilities(phrase, outline(scene, phrase));
    return new Vote(reading, outcome(scene, phrase, intents), intents);
  }

  private Outcome outcome(Scene scene, Phrase phrase, double[] intents) {
    String text = phrase.text();
    List<String> words = phrase.words();
    int command = command(intents);
    double none = intents[Intent.NONE.ordinal()];
    double fragment = intents[IntentModel.FRAGMENT];
    Discourse.Turn question = scene.discourse().question(scene.now());
    boolean part = Clauses.isPhrase(words);
    if (question != null) {
      boolean same = question.decision().intent() == Intent.values()[command];
      if (same || part || intents[command] < OTHER_COMMAND) {
        Outcome answer = Answers.of(scene, question, text);
        if (answer != null) {
          return answer;
        }
      }
    }
    String rest = Clauses.afterBan(text);
    if (!rest.isEmpty()) {
      Phrase told = scene.phrase(rest);
      double[] ofRest = models.intents().probabilities(told, outline(scene, told));
      int instead = command(ofRest);
      return ofRest[instead] >= OTHER_COMMAND
          ? Commands.of(scene, Intent.values()[instead], ofRest[instead], told)
          : Outcome.none(none);
    }
    Discourse.Turn previous = scene.discourse().command(scene.now());
    boolean same = previous != null && previous.decision().intent() == Intent.values()[command];
    boolean continues =
        fragment >= FRAGMENT && fragment > none
            || intents[command] < COMMAND && none < NOTHING && words.size() <= 8
            || none < COMMAND && part && (same || intents[command] < OTHER_COMMAND);
    if (continues
        && !Mood.isNoCommand(words)
        && previous != null
        && scene.now() - previous.millis() <= CONTINUATION_MILLIS) {
      Outcome continuation = Continuations.of(scene, previous, text);
      if (continuation != null) {
        return continuation;
      }
    }
    double likely = intents[command];
    if (likely >= HINT && likely < SURE && showsIt(scene, Intent.values()[command], phrase)) {
      likely = KNOWN_CONTENT * likely / (KNOWN_CONTENT * likely + 1 - likely);
    }
    String last = likely < PERHAPS ? Clauses.last(text) : "";
    if (!last.isEmpty()) {
      double[] ofLast =
          models.intents().probabilities(scene.phrase(last), outline(scene, scene.phrase(last)));
      int told = command(ofLast);
      if (ofLast[told] >= OTHER_COMMAND) {
        return Commands.of(scene, Intent.values()[told], ofLast[told], phrase);
      }
    }
    if (likely >= PERHAPS && likely >= none) {
      return Commands.of(scene, Intent.values()[command], likely, phrase);
    }
    return Outcome.none(none + fragment);
  }

  private static String outline(Phrase phrase) {
    return String.join(" ", phrase.outline());
  }

  private static float @Nullable [] outline(Scene scene, Phrase phrase) {
    return scene.vectors().get(outline(phrase));
  }

  /** Whether what is named is on a picture, so that it is likely meant. */
  private static boolean showsIt(Scene scene, Intent intent, Phrase phrase) {
    List<String> words = phrase.words();
    boolean told = Concepts.has(words.get(TextFeatures.lead(words)));
    if (!Draft.needsPicture(intent) || !told || Mood.isNoCommand(words)) {
      return false;
    }
    Reference reference = scene.parse(intent, phrase).reference();
    List<String> content = reference.content().isEmpty() ? reference.loose() : reference.content();
    if (content.isEmpty()) {
      return false;
    }
    for (Moment moment : scene.timeline().images()) {
      if (ContentMatch.byWords(content, (Content.Image) moment.event().content()) == 1) {
        return true;
      }
    }
    return false;
  }

  private static int command(double[] intents) {
    int best = 0;
    for (int i = 0; i < Intent.NONE.ordinal(); i++) {
      best = intents[i] > intents[best] ? i : best;
    }
    return best;
  }

  /** The surest of those that most speaks for; null when there are none. */
  private static @Nullable Vote elected(List<Vote> votes) {
    Vote best = null;
    double most = -1;
    double total = 0;
    for (Vote vote : votes) {
      total += vote.weight();
      double weight = 0;
      for (Vote other : votes) {
        weight += vote.outcome().sameAs(other.outcome()) ? other.weight() : 0;
      }
      boolean surer =
          best != null
              && vote.outcome().sameAs(best.outcome())
              && vote.outcome().confidence() > best.outcome().confidence();
      if (weight > most || surer) {
        most = Math.max(most, weight);
        best = vote;
      }
    }
    if (best == null) {
      return null;
    }
    // Where others say otherwise about as loudly, it is less sure.
    double agreed = total == 0 ? 1 : Math.min(1, most / total * 1.4);
    return new Vote(
        best.reading(), best.outcome().with(best.outcome().confidence() * agreed), best.intents());
  }

  private static Decision decision(Scene scene, Outcome outcome, @Nullable Vote vote) {
    SortedMap<Intent, Double> intents = new TreeMap<>();
    List<String> readings = new ArrayList<>();
    if (vote != null) {
      for (Intent intent : Intent.values()) {
        intents.put(intent, vote.intents()[intent.ordinal()]);
      }
      // What makes sense only after something else is no intent of its own.
      intents.merge(Intent.NONE, vote.intents()[IntentModel.FRAGMENT], Double::sum);
      if (!vote.reading().first()) {
        readings.add("heard: " + vote.reading().text());
      }
    }
    readings.addAll(outcome.readings());
    return new Decision(
        scene.timeline().utterance().event().key(),
        outcome.status(),
        outcome.intent(),
        outcome.target(),
        outcome.device(),
        new TreeMap<>(outcome.arguments()),
        outcome.confidence(),
        outcome.question(),
        outcome.options(),
        outcome.answers(),
        new Explanation(intents, readings, scene.timeline().skewMillis(), outcome.candidates()));
  }

  @Override
  public Set<String> wants(Situation situation) {
    Timeline timeline = Timeline.of(situation);
    DeviceWords words = new DeviceWords(situation.devices());
    List<Moment> said = new ArrayList<>(earlier(timeline));
    said.add(timeline.utterance());
    Set<String> wanted = new TreeSet<>();
    for (Moment moment : said) {
      if (moment.event().content() instanceof Content.Utterance utterance) {
        Scene scene =
            new Scene(
                timeline.asOf(moment), Discourse.NONE, situation.with(Map.of()), words, models);
        wants(scene, utterance, wanted);
      }
    }
    return Collections.unmodifiableSet(wanted);
  }

  private void wants(Scene scene, Content.Utterance utterance, Set<String> wanted) {
    List<String> texts = new ArrayList<>(List.of(utterance.transcript()));
    if (utterance.spoken() && utterance.confidence() < WELL_HEARD) {
      for (Content.Alternative alternative : alternatives(utterance)) {
        if (!alternative.transcript().isBlank()) {
          texts.add(alternative.transcript());
        }
      }
    }
    for (String text : texts) {
      wantsContent(scene, text, wanted);
    }
  }

  /** Labels and captions, when something is named that they do not say in the same words. */
  private void wantsContent(Scene scene, String text, Set<String> wanted) {
    List<String> words = Words.of(text);
    if (words.isEmpty()) {
      return;
    }
    Phrase phrase = scene.phrase(text);
    wanted.add(outline(phrase));
    double[] intents = models.intents().probabilities(phrase, null);
    Intent command = Intent.values()[command(intents)];
    // What may be an answer is read as if it were said of a picture.
    Intent intent = Draft.needsPicture(command) ? command : Intent.PRINT;
    Phrase needing = phrase.needing(intent, models.slots());
    wanted.addAll(PictureWords.texts(needing));
    Reference reference = scene.parse(intent, phrase).reference();
    List<String> shown = scene.pictureWords().perhapsShown(needing);
    // What may be about a picture is, when one of them shows it.
    List<String> content = shown;
    if (content.isEmpty()) {
      content = reference.content().isEmpty() ? reference.loose() : reference.content();
    }
    boolean talk = intents[Intent.NONE.ordinal()] > 0.9 && !Clauses.isPhrase(words);
    if (content.isEmpty() || talk && shown.isEmpty()) {
      return;
    }
    List<Moment> images = scene.timeline().images();
    List<Moment> latest =
        images.subList(Math.max(0, images.size() - MOST_WANTED_IMAGES), images.size());
    Set<String> texts = new TreeSet<>();
    for (Moment moment : latest) {
      Content.Image image = (Content.Image) moment.event().content();
      if (ContentMatch.byWords(content, image) == 1) {
        return;
      }
      texts.add(ContentMatch.text(image));
      if (image.vector() != null) {
        texts.add(PICTURED + String.join(" ", content));
      }
    }
    texts.remove("");
    wanted.addAll(texts);
  }
}
