package dev.starling.fusion.evaluation;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;

import dev.starling.fusion.core.Content.Utterance;
import dev.starling.fusion.core.FusionEvent;
import dev.starling.fusion.core.Intent;
import dev.starling.fusion.evaluation.Commands.Acting;
import dev.starling.fusion.evaluation.Commands.Command;
import dev.starling.fusion.evaluation.Conversations.Said;
import dev.starling.fusion.evaluation.Values.Paint;
import dev.starling.fusion.evaluation.Values.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Makes scenarios of one wording: one for each template and each phenomenon that goes with it. What
 * is drawn for one depends on the seed and on its id alone. Confined to one thread.
 */
final class Generator {
  private static final List<Phenomenon> OF_PICTURES =
      List.of(
          Phenomenon.JUST_TOOK,
          Phenomenon.ONE_BEFORE,
          Phenomenon.PART_OF_DAY,
          Phenomenon.DAY,
          Phenomenon.HOW_LONG_AGO,
          Phenomenon.SOURCE_DEVICE,
          Phenomenon.COLOR,
          Phenomenon.LABEL,
          Phenomenon.CAPTION,
          Phenomenon.SCREENSHOT,
          Phenomenon.ORDINAL,
          Phenomenon.DISCOURSE,
          Phenomenon.VIEWED,
          Phenomenon.ANSWER,
          Phenomenon.LATE_EVENT,
          Phenomenon.CLOCK_SKEW,
          Phenomenon.AS_OF,
          Phenomenon.MISSING_EVENT,
          Phenomenon.NOISE,
          Phenomenon.NEAR_DUPLICATE,
          Phenomenon.AMBIGUOUS);
  private static final List<Phenomenon> OF_LIGHTS =
      List.of(
          Phenomenon.LEVEL,
          Phenomenon.TARGET_DEVICE,
          Phenomenon.SPOKEN_ROOM,
          Phenomenon.DISCOURSE,
          Phenomenon.ANSWER,
          Phenomenon.AMBIGUOUS,
          Phenomenon.NOISE);
  private static final List<Phenomenon> OF_MUSIC =
      List.of(
          Phenomenon.QUERY,
          Phenomenon.TARGET_DEVICE,
          Phenomenon.SPOKEN_ROOM,
          Phenomenon.ANSWER,
          Phenomenon.AMBIGUOUS,
          Phenomenon.NOISE);
  private static final List<Phenomenon> OF_STOPPING =
      List.of(Phenomenon.DISCOURSE, Phenomenon.TARGET_DEVICE, Phenomenon.NOISE);
  private static final List<Phenomenon> OF_WHAT_IS_LEFT_OUT =
      List.of(Phenomenon.MISSING_ARGUMENT, Phenomenon.ANSWER);

  /** After nothing, after a command, after a question. */
  private static final int CONTEXTS = 3;

  /**
   * What a scenario is made of.
   *
   * @param context of what is no command: which of those that there are
   */
  private record Case(Template template, Phenomenon phenomenon, int context) {
    String id() {
      return template.id() + "/" + phenomenon + (context == 0 ? "" : "/" + context);
    }
  }

  private final Wording wording;
  private final long seed;
  private final Values values;
  private final References references;
  private final TimeScenes times;
  private final ContentScenes contents;
  private final StreamScenes streams;
  private final Conversations conversations;

  Generator(Wording wording, long seed) {
    this.wording = wording;
    this.seed = seed;
    values = new Values(wording);
    references = new References(wording);
    times = new TimeScenes(references);
    contents = new ContentScenes(references);
    streams = new StreamScenes(references, contents, times);
    conversations = new Conversations(wording, references, contents);
  }

  /** All of them. */
  List<Scenario> all() {
    return cases().stream().map(this::scenario).toList();
  }

  /** So many of them, drawn by the seed; all of them if there are no more. */
  List<Scenario> some(int count) {
    return some(count, phenomenon -> true);
  }

  /** So many of those of some phenomena. */
  List<Scenario> some(int count, Predicate<Phenomenon> phenomena) {
    List<Case> cases = cases().stream().filter(each -> phenomena.test(each.phenomenon())).toList();
    return Draw.of(seed, "some").shuffled(cases).stream().limit(count).map(this::scenario).toList();
  }

  private List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Template template : Template.all(wording)) {
      if (template.intent() == Intent.NONE) {
        for (int context = 0; context < CONTEXTS; context++) {
          cases.add(new Case(template, Phenomenon.NOT_A_COMMAND, context));
        }
        continue;
      }
      for (Phenomenon phenomenon : phenomena(template)) {
        cases.add(new Case(template, phenomenon, 0));
      }
    }
    return cases;
  }

  private static List<Phenomenon> phenomena(Template template) {
    if (template.leavesOut()) {
      return OF_WHAT_IS_LEFT_OUT;
    }
    List<Phenomenon> phenomena = new ArrayList<>(OF_PICTURES);
    switch (template.intent()) {
      case DIM -> phenomena = OF_LIGHTS;
      case PLAY -> phenomena = OF_MUSIC;
      case STOP -> phenomena = OF_STOPPING;
      case SHOW_ON -> phenomena.addAll(List.of(Phenomenon.TARGET_DEVICE, Phenomenon.SPOKEN_ROOM));
      case SET_LIGHT_COLOR ->
          phenomena.addAll(
              List.of(
                  Phenomenon.TARGET_DEVICE, Phenomenon.SPOKEN_ROOM, Phenomenon.LIGHT_FROM_PICTURE));
      case SEND_TO -> phenomena.add(Phenomenon.RECIPIENT);
      case SET_WALLPAPER -> {
        if (template.has("on")) {
          phenomena.add(Phenomenon.TARGET_DEVICE);
        }
      }
      case PRINT -> {
        phenomena.add(Phenomenon.SPOKEN_ROOM);
        if (template.has("on")) {
          phenomena.add(Phenomenon.TARGET_DEVICE);
        }
      }
      default -> {}
    }
    return phenomena;
  }

  private Scenario scenario(Case made) {
    Template template = made.template();
    Phenomenon phenomenon = made.phenomenon();
    String id = made.id();
    Draw draw = Draw.of(seed, id);
    Stage stage = new Stage(draw, values, new Palette(draw, paints(template.intent())));
    Said said = said(stage, template, phenomenon, made.context());
    Speech speech = new Speech(draw, values);
    Utterance utterance =
        phenomenon == Phenomenon.NOISE ? speech.noisy(said.words()) : speech.clear(said.words());
    FusionEvent event = stage.said(stage.speaker(), stage.now, utterance);
    stage.routine();
    return new Scenario(
        id,
        template,
        said.wording(),
        phenomenon,
        event,
        stage.events(),
        stage.home.devices(),
        stage.zone,
        Stage.LATENESS,
        said.expected());
  }

  /** No lamp shines brown. */
  private List<Paint> paints(Intent intent) {
    return values.paints().stream()
        .filter(paint -> intent != Intent.SET_LIGHT_COLOR || !paint.word().equals("brown"))
        .toList();
  }

  private Said said(Stage stage, Template template, Phenomenon phenomenon, int context) {
    if (phenomenon == Phenomenon.NOT_A_COMMAND) {
      return conversations.nothing(stage, template, context);
    }
    if (template.leavesOut()) {
      return phenomenon == Phenomenon.ANSWER
          ? conversations.answerArgument(stage, template)
          : conversations.withoutArgument(stage, template);
    }
    if (phenomenon == Phenomenon.ANSWER) {
      return conversations.answer(stage, template);
    }
    if (template.intent() == Intent.STOP) {
      return phenomenon == Phenomenon.TARGET_DEVICE
          ? conversations.stopNamed(stage, template)
          : conversations.stop(stage, template);
    }
    if (template.intent() == Intent.DIM && phenomenon == Phenomenon.DISCOURSE) {
      return conversations.dimAgain(stage, template);
    }
    Acting acting = acting(phenomenon, template.intent());
    if (!Commands.aboutPicture(template.intent())) {
      Command command = Commands.of(stage, template, acting);
      return new Said(command.words(), "", command.expected());
    }
    Reference reference = reference(stage, template, phenomenon);
    Command command = Commands.of(stage, template, reference, acting);
    return new Said(command.words(), reference.wording(), command.expected());
  }

  private static Acting acting(Phenomenon phenomenon, Intent intent) {
    return switch (phenomenon) {
      case TARGET_DEVICE -> Acting.NAMED;
      case SPOKEN_ROOM -> Acting.ROOM;
      case AMBIGUOUS -> Commands.aboutPicture(intent) ? Acting.ONLY : Acting.UNCLEAR;
      default -> Acting.ONLY;
    };
  }

  private Reference reference(Stage stage, Template template, Phenomenon phenomenon) {
    Draw draw = stage.draw;
    return switch (phenomenon) {
      case JUST_TOOK -> draw.chance(0.5) ? times.justTook(stage) : times.lastTake(stage);
      case ONE_BEFORE ->
          draw.chance(0.5)
              ? times.beforeLast(stage)
              : conversations.before(stage, template.intent());
      case PART_OF_DAY -> times.partOfDay(stage);
      case DAY -> times.day(stage);
      case HOW_LONG_AGO -> times.howLongAgo(stage);
      case SOURCE_DEVICE -> contents.source(stage);
      case COLOR -> contents.color(stage);
      case CAPTION -> contents.caption(stage);
      case SCREENSHOT -> contents.screenshot(stage);
      case ORDINAL -> times.ordinal(stage);
      case DISCOURSE -> conversations.pronoun(stage, template.intent());
      case VIEWED -> contents.viewed(stage);
      case LATE_EVENT -> streams.late(stage);
      case CLOCK_SKEW -> streams.skewed(stage);
      case AS_OF -> streams.asOf(stage);
      case MISSING_EVENT -> streams.missing(stage);
      case NEAR_DUPLICATE -> contents.nearDuplicate(stage);
      case AMBIGUOUS -> ambiguous(stage);
      case RECIPIENT -> person(stage);
      case LIGHT_FROM_PICTURE -> dull(stage);
      case NOISE, TARGET_DEVICE, SPOKEN_ROOM ->
          draw.chance(0.5) ? times.justTook(stage) : contents.label(stage);
      case LABEL -> contents.label(stage);
      case LEVEL, QUERY, MISSING_ARGUMENT, NOT_A_COMMAND, ANSWER ->
          throw new IllegalArgumentException(phenomenon + ": is about no picture");
    };
  }

  private Reference ambiguous(Stage stage) {
    return switch (stage.draw.between(0, 3)) {
      case 0 -> contents.colorOfTwo(stage);
      case 1 -> times.dayWithTwo(stage);
      case 2 -> nothingSpokenOf(stage);
      default -> contents.two(stage);
    };
  }

  /** "It", when nothing was said, shown or taken for hours. */
  private Reference nothingSpokenOf(Stage stage) {
    TimeScenes.older(stage, ofHours(3));
    String words = references.any(stage.draw, "pronoun");
    return Reference.unclear(words, words);
  }

  /** A picture of somebody, who is not whom it goes to. */
  private Reference person(Stage stage) {
    Draw draw = stage.draw;
    List<Subject> people =
        values.captioned().stream()
            .filter(
                subject -> subject.group().equals("person") && !namesRecipient(subject.caption()))
            .toList();
    Subject subject = draw.of(people);
    TimeScenes.older(stage, ofMinutes(5));
    Picture picture =
        stage.taken(
            TimeScenes.camera(stage), stage.ago(draw.between(ofMinutes(30), ofHours(30))), subject);
    String name = References.name(draw, subject);
    return new Reference(name, name, picture);
  }

  private boolean namesRecipient(String caption) {
    List<String> words = List.of(caption.toLowerCase(Locale.ROOT).split("[^\\p{L}]+"));
    return values.recipients().stream()
        .flatMap(recipient -> Stream.of(recipient.toLowerCase(Locale.ROOT).split(" ")))
        .anyMatch(word -> !word.equals("my") && words.contains(word));
  }

  private Reference dull(Stage stage) {
    TimeScenes.older(stage, ofMinutes(25));
    Picture plain =
        stage.picture(TimeScenes.camera(stage), stage.ago(TimeScenes.moments(stage.draw)));
    Picture picture = stage.taken(plain.colored(stage.palette.dull()));
    return references.to(stage.draw, "just-took", picture);
  }
}
