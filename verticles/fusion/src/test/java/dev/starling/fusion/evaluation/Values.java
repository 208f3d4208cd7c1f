package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Content.Color;
import dev.starling.fusion.core.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** What things are called in held-out scenarios. Immutable. */
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

  private final List<Wording.Line> lines = Wording.tagged("values");
  private final List<Subject> labelled =
      Wording.tagged("labels").stream()
          .map(
              line ->
                  new Subject(
                      line.tag(),
                      "",
                      Stream.of(line.first().split(", ", -1)).toList(),
                      line.parts().subList(1, line.parts().size())))
          .toList();
  private final List<Subject> captioned =
      Wording.tagged("captions").stream()
          .map(
              line ->
                  new Subject(
                      line.tag(),
                      line.first(),
                      List.of(),
                      line.parts().subList(1, line.parts().size())))
          .toList();
  private final List<Paint> paints = tagged("color").map(Values::paint).toList();
  private final List<Level> levels =
      tagged("level").map(line -> new Level(line.first(), line.parts().get(1))).toList();

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
    return tagged(tag).map(Wording.Line::first).toList();
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
   * All held-out wording, and all values that could have been others: not colours, numbers and
   * pronouns. Of labels only the first, which says what it is.
   */
  static List<String> open() {
    List<String> open = new ArrayList<>();
    Generator.templates().forEach(template -> open.add(template.text()));
    for (String name : List.of("openers", "references", "answers", "captions", "values")) {
      Wording.tagged(name).stream()
          .filter(line -> !CLOSED.contains(line.tag()))
          .forEach(line -> open.addAll(line.parts()));
    }
    for (Subject subject : new Values().labelled()) {
      open.add(subject.labels().get(0));
      open.addAll(subject.names());
    }
    return open;
  }
}
