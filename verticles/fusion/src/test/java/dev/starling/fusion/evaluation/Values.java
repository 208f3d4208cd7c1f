package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Content.Color;
import dev.starling.fusion.core.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** What things are called in scenarios of one wording. Immutable. */
final class Values {

  /**
   * What a picture shows.
   *
   * @param group what is clearly something else has another one
   * @param caption empty for none
   * @param names what it may be called
   */
  record Subject(String group, String caption, List<String> labels, List<String> names) {
    boolean unlike(Subject other) {
      return !group.equals(other.group);
    }
  }

  /** A level as it is said, and in percent. */
  record Level(String words, String percent) {}

  /**
   * A colour as it is said.
   *
   * @param color its name among those that pictures have, and its value; its share says nothing
   */
  record Paint(String word, Color color) {}

  private final List<Wording.Line> lines;
  private final List<Subject> labelled;
  private final List<Subject> captioned;
  private final List<Paint> paints;
  private final List<Level> levels;

  Values(Wording wording) {
    // Of one writer too few may be left, since what is held out is nobody else's.
    lines = wording.shared("values");
    labelled =
        wording.tagged("labels").stream()
            .map(
                line ->
                    new Subject(
                        line.tag(),
                        "",
                        Stream.of(line.first().split(", ", -1)).toList(),
                        line.parts().subList(1, line.parts().size())))
            .toList();
    captioned =
        wording.tagged("captions").stream()
            .map(
                line ->
                    new Subject(
                        line.tag(),
                        line.first(),
                        List.of(),
                        line.parts().subList(1, line.parts().size())))
            .toList();
    paints = tagged("color").map(Values::paint).toList();
    levels = tagged("level").map(line -> new Level(line.first(), line.parts().get(1))).toList();
  }

  List<Subject> labelled() {
    return labelled;
  }

  List<Subject> captioned() {
    return captioned;
  }

  /** With a colour each, none of them neutral. */
  List<Paint> paints() {
    return paints;
  }

  List<Level> levels() {
    return levels;
  }

  List<String> rooms() {
    return words("room");
  }

  List<String> recipients() {
    return words("recipient");
  }

  List<String> queries() {
    return words("query");
  }

  List<String> fillers() {
    return words("filler");
  }

  List<String> names(Device.Kind kind) {
    return words(kind.name().toLowerCase(Locale.ROOT));
  }

  /** What is said, and what a recogniser may hear instead. */
  List<Wording.Line> misheard() {
    return tagged("noise").toList();
  }

  private List<String> words(String tag) {
    return tagged(tag).map(Wording.Line::first).distinct().toList();
  }

  private Stream<Wording.Line> tagged(String tag) {
    return lines.stream().filter(line -> line.tag().equals(tag));
  }

  private static Paint paint(Wording.Line line) {
    String name =
        switch (line.first()) {
          case "turquoise" -> "cyan";
          case "violet" -> "purple";
          default -> line.first();
        };
    return new Paint(line.first(), new Color(name, Integer.parseInt(line.parts().get(1), 16), 0));
  }

  /** What everybody has the same few words for. */
  private static final Set<String> CLOSED = Set.of("color", "level", "noise", "filler", "pronoun");

  /**
   * All of a wording, and all values that could have been others: not colours, numbers and
   * pronouns. Of labels only the first, which says what it is.
   */
  static List<String> open(Wording wording) {
    List<String> open = new ArrayList<>();
    Template.all(wording).forEach(template -> open.add(template.text()));
    for (String name : List.of("openers", "references", "answers", "captions", "values")) {
      wording.tagged(name).stream()
          .filter(line -> !CLOSED.contains(line.tag()))
          .forEach(line -> open.addAll(line.parts()));
    }
    for (Subject subject : new Values(wording).labelled()) {
      open.add(subject.labels().get(0));
      open.addAll(subject.names());
    }
    return open;
  }
}
