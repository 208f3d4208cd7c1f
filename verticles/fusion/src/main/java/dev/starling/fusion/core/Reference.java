package dev.starling.fusion.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What words say of the picture that is meant. Immutable.
 *
 * @param when it was taken
 * @param order the how manieth it is, from 1; from the end when negative; 0 when that is not said
 * @param of how many there are of which it is that one; 0 when that is not said
 * @param pointing how it is pointed at
 * @param content words for what is on it, which have to fit
 * @param loose words that may be about it
 * @param colors basic terms
 * @param looks how it looks
 * @param noun what it is called
 * @param plural whether several are meant
 * @param taken whether it is said to have been taken by the user
 * @param notTheLast whether the one spoken of last is excluded
 * @param name the words by which it was called, of which there may be a vector; empty if not known
 */
record Reference(
    When when,
    int order,
    int of,
    Pointing pointing,
    List<String> content,
    List<String> loose,
    SortedSet<String> colors,
    SortedSet<Look> looks,
    Noun noun,
    boolean plural,
    boolean taken,
    boolean notTheLast,
    String name) {
  Reference {
    content = List.copyOf(content);
    loose = List.copyOf(loose);
    colors = Collections.unmodifiableSortedSet(new TreeSet<>(colors));
    looks = Collections.unmodifiableSortedSet(new TreeSet<>(looks));
  }

  /** How a picture is pointed at rather than described. */
  enum Pointing {
    NOT,
    /** What was spoken of. */
    IT,
    /** What is in front of the user. */
    THIS,
    /** What was spoken of, or is seen. */
    THAT,
    /** What is being looked at. */
    VIEWED,
    /** What was spoken of, again. */
    SAME,
    /** One that was not spoken of. */
    OTHER
  }

  /** What pixels know. */
  enum Look {
    DARK,
    BRIGHT,
    BLURRY,
    SHARP,
    UPRIGHT,
    WIDE,
    MONOCHROME
  }

  /** What a picture is called. */
  enum Noun {
    UNSAID,
    ANY,
    PHOTO,
    SCREENSHOT
  }

  /** Whether anything tells one picture from another. */
  boolean describes() {
    return when.isSaid()
        || order != 0
        || !content.isEmpty()
        || !colors.isEmpty()
        || !looks.isEmpty()
        || noun == Noun.SCREENSHOT;
  }

  /** Whether a picture is spoken of at all. */
  boolean isSaid() {
    return describes() || pointing != Pointing.NOT || noun != Noun.UNSAID || plural;
  }

  Reference called(String words) {
    return with(content, loose, words);
  }

  /** With what is on it. */
  Reference showing(List<String> words) {
    return with(words, List.of(), name);
  }

  private Reference with(List<String> shown, List<String> perhaps, String called) {
    return new Reference(
        when,
        order,
        of,
        pointing,
        shown,
        perhaps,
        colors,
        looks,
        noun,
        plural,
        taken,
        notTheLast,
        called);
  }

  /** What was found, for the explanation. */
  List<String> readings() {
    List<String> found = new ArrayList<>();
    if (when.isSaid()) {
      found.add("time: " + when.words());
    }
    if (order != 0) {
      found.add("order: " + order);
    }
    if (pointing != Pointing.NOT) {
      found.add("pointing: " + pointing.name().toLowerCase(Locale.ROOT));
    }
    if (!content.isEmpty()) {
      found.add("content: " + String.join(" ", content));
    }
    for (String color : colors) {
      found.add("color: " + color);
    }
    for (Look look : looks) {
      found.add("look: " + look.name().toLowerCase(Locale.ROOT));
    }
    if (noun == Noun.SCREENSHOT) {
      found.add("kind: screenshot");
    }
    if (plural) {
      found.add("several");
    }
    return found;
  }
}
