package dev.starling.fusion.evaluation;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.starling.fusion.core.Decision.Status;
import dev.starling.fusion.core.Device;
import dev.starling.fusion.core.Device.Kind;
import dev.starling.fusion.core.Intent;
import dev.starling.fusion.evaluation.Commands.Acting;
import dev.starling.fusion.evaluation.Commands.Command;
import dev.starling.fusion.evaluation.Scenario.Expected;
import dev.starling.fusion.evaluation.Values.Level;
import dev.starling.fusion.evaluation.Values.Paint;
import dev.starling.fusion.evaluation.Values.Subject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What is understood only with what was said before. */
final class Conversations {

  /**
   * The last words of a conversation.
   *
   * @param wording its line among the references or answers
   */
  record Said(String words, String wording, Expected expected) {}

  private static final Set<String> BY_TIME = Set.of("newer", "older");

  private final References references;
  private final ContentScenes contents;
  private final List<Template> openers;
  private final Map<String, List<String>> answers;

  Conversations(Wording wording, References references, ContentScenes contents) {
    openers =
        wording.shared("openers").stream()
            .map(line -> new Template("openers", Intent.of(line.tag()), "", line.first()))
            .toList();
    answers =
        wording.shared("answers").stream()
            .collect(
                Collectors.groupingBy(
                    Wording.Line::tag,
                    Collectors.mapping(line -> line.first(), Collectors.toList())));
    this.references = references;
    this.contents = contents;
  }

  /** Another command was about the picture that is now "it". */
  Reference pronoun(Stage stage, Intent intent) {
    Reference label = contents.label(stage);
    open(stage, label, intent);
    String words = references.any(stage.draw, "pronoun");
    return new Reference(words, words, label.picture());
  }

  /** The one before the one that another command was about. */
  Reference before(Stage stage, Intent intent) {
    Draw draw = stage.draw;
    Device phone = TimeScenes.camera(stage);
    List<Subject> subjects = unlike(draw, stage.values.labelled());
    Picture first =
        stage.taken(phone, stage.ago(draw.between(ofHours(5), ofHours(7))), subjects.get(0));
    Picture second =
        stage.taken(phone, stage.ago(draw.between(ofHours(3), ofHours(4))), subjects.get(1));
    Picture third =
        stage.taken(phone, stage.ago(draw.between(ofMinutes(50), ofHours(2))), subjects.get(2));
    boolean middle = draw.chance(0.5);
    Picture spokenOf = middle ? second : third;
    String name = References.name(draw, spokenOf.subject());
    open(stage, new Reference(name, name, spokenOf), intent);
    return references.to(draw, "one-before", middle ? first : second);
  }

  /** "It" is a light. */
  Said dimAgain(Stage stage, Template template) {
    Draw draw = stage.draw;
    Command before = Commands.of(stage, opener(draw, Intent.DIM), Acting.NAMED);
    say(stage, before.words(), 20, 60);
    Device light = before.device();
    Level level = draw.of(stage.values.levels());
    String pronoun = draw.of(List.of("it", "that", "that one", "it"));
    String words = template.text().replace("{light}", pronoun).replace("{level}", level.words());
    Map<String, String> arguments = Map.of("level", level.percent());
    return new Said(
        words, pronoun, new Expected(Status.RESOLVED, Intent.DIM, null, light.id(), arguments));
  }

  /** Something plays or is shown, and is not named. */
  Said stop(Stage stage, Template template) {
    Draw draw = stage.draw;
    boolean music =
        template.tag().equals("any") ? draw.chance(0.5) : template.tag().equals("music");
    boolean both = !template.tag().equals("any") && draw.chance(0.4);
    Device device;
    if (music) {
      device = play(stage, 60, 90);
      if (both) {
        show(stage, 20, 50);
      }
    } else {
      device = show(stage, 60, 90);
      if (both) {
        play(stage, 20, 50);
      }
    }
    return stopped(template, "", device, both ? "two things are on" : "one thing is on");
  }

  /** Music plays and a picture is shown, and one of the two is named. */
  Said stopNamed(Stage stage, Template template) {
    Draw draw = stage.draw;
    Device speaker = play(stage, 60, 90);
    Device screen = show(stage, 20, 50);
    boolean music =
        template.tag().equals("any") ? draw.chance(0.5) : template.tag().equals("music");
    Device device = music ? speaker : screen;
    String where =
        draw.chance(0.5) ? " in the " + device.location() : " on " + stage.home.called(device);
    return stopped(template, where, device, "named");
  }

  private static Said stopped(Template template, String where, Device device, String wording) {
    return new Said(
        template.text().replace("{where}", where),
        wording,
        new Expected(Status.RESOLVED, Intent.STOP, null, device.id(), Map.of()));
  }

  /** Two pictures could be meant, and the answer says which; or two devices. */
  Said answer(Stage stage, Template template) {
    Draw draw = stage.draw;
    boolean standing =
        switch (template.intent()) {
          case SHOW_ON, PRINT, SET_LIGHT_COLOR -> draw.chance(0.35);
          case DIM, PLAY -> true;
          default -> false;
        };
    if (standing) {
      return answerDevice(stage, template);
    }
    String by = draw.of(List.of("newer", "older", "device", "color", "label"));
    Subject subject = draw.of(stage.values.labelled());
    String name = References.name(draw, subject);
    if (BY_TIME.contains(by)) {
      List<Picture> two = contents.two(stage, subject);
      return answered(stage, template, name, two.get(by.equals("newer") ? 1 : 0), by, "");
    }
    if (by.equals("color")) {
      List<Paint> paints = draw.shuffled(stage.palette.paints());
      Picture meant = painted(stage, subject, paints.get(0), 100);
      painted(stage, subject, paints.get(1), 80);
      return answered(stage, template, name, meant, by, paints.get(0).word());
    }
    Device phone = TimeScenes.camera(stage);
    if (by.equals("device")) {
      boolean tablet = draw.chance(0.5);
      Picture mine = stage.taken(phone, stage.ago(ofMinutes(draw.between(70, 90))), subject);
      Picture other =
          stage.taken(stage.home.tablet(), stage.ago(ofMinutes(draw.between(70, 90))), subject);
      Picture meant = tablet ? other : mine;
      return answered(stage, template, name, meant, by, stage.home.called(meant.by()));
    }
    Picture meant = stage.taken(phone, stage.day(1, 11, draw.between(0, 59)), subject);
    Subject unlike = ContentScenes.unlike(stage, subject, stage.values.labelled());
    stage.taken(phone, stage.day(1, 16, draw.between(0, 59)), unlike);
    String day = references.any(draw, "yesterday");
    return answered(stage, template, day, meant, by, name);
  }

  private Said answered(
      Stage stage, Template template, String name, Picture meant, String by, String value) {
    Command command = Commands.of(stage, template, new Reference(name, name, meant), Acting.ONLY);
    say(stage, command.words(), 8, 14);
    String wording = stage.draw.of(answers.get(by));
    String words =
        wording.replace("{device}", value).replace("{color}", value).replace("{reference}", value);
    return new Said(words, wording, command.expected());
  }

  private Said answerDevice(Stage stage, Template template) {
    Draw draw = stage.draw;
    boolean picture = Commands.aboutPicture(template.intent());
    Reference reference = picture ? contents.label(stage) : Reference.unclear("", "");
    List<Device> before = List.copyOf(stage.home.devices());
    Command unclear = Commands.of(stage, template, reference, Acting.UNCLEAR);
    say(stage, unclear.words(), 8, 14);
    Device added =
        stage.home.devices().stream()
            .filter(device -> !before.contains(device))
            .findFirst()
            .orElseThrow();
    Device device = draw.chance(0.5) ? added : stage.home.first(added.kind());
    String wording = draw.of(answers.get("room"));
    return new Said(
        wording.replace("{room}", device.location()), wording, unclear.by(device).expected());
  }

  /** Nobody said to whom, or how bright; now it is said. */
  Said answerArgument(Stage stage, Template template) {
    Draw draw = stage.draw;
    if (template.intent() == Intent.SEND_TO) {
      Reference label = contents.label(stage);
      Picture picture = label.picture();
      say(stage, template.text().replace("{image}", label.words()), 8, 14);
      String recipient = draw.of(stage.values.recipients());
      String wording = draw.of(answers.get("recipient"));
      return new Said(
          wording.replace("{recipient}", recipient),
          wording,
          new Expected(
              Status.RESOLVED,
              Intent.SEND_TO,
              picture.target(),
              picture.by().id(),
              Map.of("recipient", Commands.recipient(recipient))));
    }
    Device light = stage.home.first(Kind.LIGHT);
    say(stage, template.text().replace("{light}", stage.home.called(light)), 8, 14);
    Level level = draw.of(stage.values.levels());
    String wording = draw.of(answers.get("level"));
    return new Said(
        wording.replace("{level}", level.words()),
        wording,
        new Expected(
            Status.RESOLVED, Intent.DIM, null, light.id(), Map.of("level", level.percent())));
  }

  /** Nobody says to whom, or how bright. */
  Said withoutArgument(Stage stage, Template template) {
    Reference label = contents.label(stage);
    String light = stage.home.called(stage.home.first(Kind.LIGHT));
    return new Said(
        template.text().replace("{image}", label.words()).replace("{light}", light),
        label.wording(),
        Expected.asked(template.intent()));
  }

  /**
   * No command, whatever came before it.
   *
   * @param context 0: pictures only; 1: a command; 2: a question, if that is not spoilt by it
   */
  Said nothing(Stage stage, Template template, int context) {
    TimeScenes.older(stage, ofMinutes(2));
    if (context == 2 && template.tag().equals("chat")) {
      Reference two = contents.two(stage);
      say(
          stage,
          Commands.of(stage, opener(stage.draw, Intent.PRINT), two, Acting.ONLY).words(),
          8,
          14);
      return new Said(template.text(), "after a question", Expected.none());
    }
    if (context > 0) {
      open(stage, contents.label(stage), Intent.NONE);
      return new Said(template.text(), "after a command", Expected.none());
    }
    return new Said(template.text(), "alone", Expected.none());
  }

  private Device play(Stage stage, int atLeast, int atMost) {
    Command command = Commands.of(stage, opener(stage.draw, Intent.PLAY), Acting.NAMED);
    say(stage, command.words(), atLeast, atMost);
    return command.device();
  }

  private Device show(Stage stage, int atLeast, int atMost) {
    Command command =
        Commands.of(stage, opener(stage.draw, Intent.SHOW_ON), contents.label(stage), Acting.NAMED);
    say(stage, command.words(), atLeast, atMost);
    return command.device();
  }

  /** A command about a picture, another one than what is going to be said. */
  private void open(Stage stage, Reference reference, Intent next) {
    Template opener =
        stage.draw.of(
            openers.stream()
                .filter(
                    template ->
                        Commands.aboutPicture(template.intent()) && template.intent() != next)
                .toList());
    say(stage, Commands.of(stage, opener, reference, Acting.ONLY).words(), 20, 60);
  }

  private Template opener(Draw draw, Intent intent) {
    return draw.of(openers.stream().filter(template -> template.intent() == intent).toList());
  }

  private static void say(Stage stage, String words, int atLeast, int atMost) {
    Speech speech = new Speech(stage.draw, stage.values);
    stage.said(
        stage.speaker(),
        stage.ago(stage.draw.between(ofSeconds(atLeast), ofSeconds(atMost))),
        speech.clear(words));
  }

  private static Picture painted(Stage stage, Subject subject, Paint paint, int minutesAgo) {
    Picture plain =
        stage.picture(TimeScenes.camera(stage), stage.ago(ofMinutes(minutesAgo)), subject);
    return stage.taken(plain.colored(stage.palette.mostly(paint)));
  }

  /** Three of different groups. */
  private static List<Subject> unlike(Draw draw, List<Subject> subjects) {
    List<Subject> shuffled = draw.shuffled(subjects);
    Subject first = shuffled.get(0);
    Subject second = shuffled.stream().filter(first::unlike).findFirst().orElseThrow();
    Subject third =
        shuffled.stream().filter(first::unlike).filter(second::unlike).findFirst().orElseThrow();
    return List.of(first, second, third);
  }
}
