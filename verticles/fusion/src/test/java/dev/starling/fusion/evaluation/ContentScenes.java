package dev.starling.fusion.evaluation;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.starling.fusion.core.Device;
import dev.starling.fusion.evaluation.Values.Paint;
import dev.starling.fusion.evaluation.Values.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Pictures that are told apart by what is on them, where they come from or who looks at them. */
final class ContentScenes {
  private final References references;

  ContentScenes(References references) {
    this.references = references;
  }

  Reference label(Stage stage) {
    return named(stage, stage.draw.of(stage.values.labelled()));
  }

  Reference caption(Stage stage) {
    return named(stage, stage.draw.of(stage.values.captioned()));
  }

  Reference color(Stage stage) {
    Draw draw = stage.draw;
    List<Paint> paints = draw.shuffled(stage.palette.paints());
    List<Picture> pictures = painted(stage, paints.subList(0, 4));
    return color(draw, paints.get(0), pictures.get(0));
  }

  Reference colorOfTwo(Stage stage) {
    Draw draw = stage.draw;
    List<Paint> paints = draw.shuffled(stage.palette.paints());
    painted(stage, List.of(paints.get(0), paints.get(0), paints.get(1)));
    String wording = references.any(draw, "color");
    return Reference.unclear(wording.replace("{color}", paints.get(0).word()), wording);
  }

  Reference source(Stage stage) {
    Draw draw = stage.draw;
    Device other = draw.chance(0.6) ? stage.home.tablet() : stage.home.add(Device.Kind.PHONE, "");
    Device phone = TimeScenes.camera(stage);
    stage.taken(phone, stage.ago(draw.between(ofHours(8), ofHours(30))));
    stage.taken(phone, stage.ago(draw.between(ofHours(1), ofHours(6))));
    boolean latest = draw.chance(0.4);
    if (latest) {
      stage.taken(other, stage.ago(draw.between(ofHours(9), ofHours(20))));
    }
    Picture picture = stage.taken(other, stage.ago(draw.between(ofMinutes(30), ofHours(7))));
    stage.taken(phone, stage.ago(draw.between(ofSeconds(20), ofMinutes(9))));
    String wording = references.any(draw, latest ? "source-latest" : "source");
    return new Reference(wording.replace("{device}", stage.home.called(other)), wording, picture);
  }

  Reference screenshot(Stage stage) {
    Draw draw = stage.draw;
    TimeScenes.older(stage, ofHours(2));
    Device phone = TimeScenes.camera(stage);
    if (draw.chance(0.7)) {
      Picture screen =
          stage.taken(
              stage.picture(phone, stage.ago(draw.between(ofMinutes(5), ofMinutes(55)))).drawn());
      stage.taken(phone, stage.ago(TimeScenes.moments(draw)));
      return references.to(draw, "screenshot", screen);
    }
    Picture photo = stage.taken(phone, stage.ago(draw.between(ofSeconds(40), ofSeconds(80))));
    stage.taken(stage.picture(phone, stage.ago(ofSeconds(12))).drawn());
    return references.to(draw, "not-screenshot", photo);
  }

  Reference viewed(Stage stage) {
    Draw draw = stage.draw;
    TimeScenes.older(stage, ofHours(3));
    Device phone = stage.home.phone();
    Picture open = stage.taken(phone, stage.ago(draw.between(ofMinutes(40), ofHours(2))));
    Picture other = stage.taken(phone, stage.ago(draw.between(ofMinutes(15), ofMinutes(30))));
    view(stage, other, draw.between(ofMinutes(7), ofMinutes(11)));
    view(stage, open, draw.between(ofSeconds(5), ofSeconds(20)));
    return references.to(draw, "viewed", open);
  }

  private static void view(Stage stage, Picture picture, Duration ago) {
    stage.did(picture.by(), stage.ago(ago), "image_viewed", Map.of("image_id", picture.id()));
  }

  /** Several of the same thing, told apart by something else that is said. */
  Reference nearDuplicate(Stage stage) {
    Draw draw = stage.draw;
    Device phone = TimeScenes.camera(stage);
    Subject subject = draw.of(stage.values.labelled());
    Subject other = unlike(stage, subject, stage.values.labelled());
    String name = References.name(draw, subject);
    Picture picture;
    String more;
    String color = "";
    switch (draw.between(0, 3)) {
      case 0 -> {
        picture = stage.taken(phone, stage.today(8, draw.between(0, 59)), subject);
        stage.taken(phone, stage.day(1, 15, draw.between(0, 59)), subject);
        stage.taken(phone, stage.today(14, draw.between(0, 59)), subject);
        more = "and-morning";
      }
      case 1 -> {
        picture = stage.taken(phone, stage.ago(ofSeconds(32)), subject);
        stage.taken(phone, stage.ago(ofSeconds(12)), other);
        stage.taken(phone, stage.ago(draw.between(ofHours(2), ofHours(5))), subject);
        more = "and-just";
      }
      case 2 -> {
        picture = stage.taken(stage.home.tablet(), stage.ago(ofMinutes(90)), subject);
        stage.taken(phone, stage.ago(ofMinutes(80)), subject);
        stage.taken(stage.home.tablet(), stage.ago(ofMinutes(20)), other);
        more = "and-device";
      }
      default -> {
        List<Paint> paints = draw.shuffled(stage.palette.paints());
        picture = colored(stage, subject, paints.get(0), ofMinutes(100));
        colored(stage, subject, paints.get(1), ofMinutes(70));
        colored(stage, other, paints.get(0), ofMinutes(40));
        color = paints.get(0).word();
        more = "and-color";
      }
    }
    String wording = references.any(draw, more);
    String words =
        wording
            .replace("{color}", color)
            .replace("{device}", stage.home.called(stage.home.tablet()));
    return new Reference(name + " " + words, wording, picture);
  }

  /** Two of the same thing, with nothing that would tell which. */
  Reference two(Stage stage) {
    Draw draw = stage.draw;
    Subject subject = draw.of(stage.values.labelled());
    two(stage, subject);
    String name = References.name(draw, subject);
    return Reference.unclear(name, name);
  }

  /** The older first. */
  List<Picture> two(Stage stage, Subject subject) {
    Device phone = TimeScenes.camera(stage);
    Picture older =
        stage.taken(phone, stage.ago(stage.draw.between(ofMinutes(130), ofMinutes(150))), subject);
    Picture newer =
        stage.taken(phone, stage.ago(stage.draw.between(ofMinutes(95), ofMinutes(110))), subject);
    stage.taken(phone, stage.ago(ofMinutes(30)), unlike(stage, subject, stage.values.labelled()));
    return List.of(older, newer);
  }

  /** Spoken of, but not there. */
  Reference absent(Stage stage) {
    Draw draw = stage.draw;
    Subject subject = draw.of(stage.values.labelled());
    others(stage, subject, stage.values.labelled());
    String name = References.name(draw, subject);
    return Reference.unclear(name, name);
  }

  private Reference named(Stage stage, Subject subject) {
    Draw draw = stage.draw;
    List<Subject> same =
        subject.caption().isEmpty() ? stage.values.labelled() : stage.values.captioned();
    others(stage, subject, same);
    Picture picture =
        stage.taken(
            TimeScenes.camera(stage), stage.ago(draw.between(ofMinutes(30), ofHours(30))), subject);
    String name = References.name(draw, subject);
    return new Reference(name, name, picture);
  }

  /** Three that show something else, one of them new. */
  private static void others(Stage stage, Subject subject, List<Subject> subjects) {
    Draw draw = stage.draw;
    List<Subject> others = new ArrayList<>();
    for (Subject other : draw.shuffled(subjects)) {
      if (other.unlike(subject) && others.stream().allMatch(other::unlike)) {
        others.add(other);
      }
    }
    Device phone = TimeScenes.camera(stage);
    stage.taken(phone, stage.ago(draw.between(ofMinutes(1), ofMinutes(9))), others.get(0));
    stage.taken(phone, stage.ago(draw.between(ofMinutes(20), ofHours(9))), others.get(1));
    stage.taken(phone, stage.ago(draw.between(ofHours(10), ofHours(40))), others.get(2));
  }

  static Subject unlike(Stage stage, Subject subject, List<Subject> subjects) {
    return stage.draw.shuffled(subjects).stream().filter(subject::unlike).findFirst().orElseThrow();
  }

  private Reference color(Draw draw, Paint paint, Picture picture) {
    String wording = references.any(draw, "color");
    return new Reference(wording.replace("{color}", paint.word()), wording, picture);
  }

  private static List<Picture> painted(Stage stage, List<Paint> paints) {
    List<Integer> order = stage.draw.shuffled(List.of(0, 1, 2, 3));
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < paints.size(); i++) {
      Duration ago = ofMinutes(10 + 40L * order.get(i) + stage.draw.between(0, 20));
      pictures.add(colored(stage, stage.draw.of(stage.values.labelled()), paints.get(i), ago));
    }
    return pictures;
  }

  private static Picture colored(Stage stage, Subject subject, Paint paint, Duration ago) {
    Picture plain = stage.picture(TimeScenes.camera(stage), stage.ago(ago), subject);
    return stage.taken(plain.colored(stage.palette.mostly(paint)));
  }
}
