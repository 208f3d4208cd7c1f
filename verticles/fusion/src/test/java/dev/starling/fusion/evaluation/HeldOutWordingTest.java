package dev.starling.fusion.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is measured on is nothing that the resolver was made with. */
class HeldOutWordingTest {
  private static final Path SOURCES = Path.of("src");

  @Test
  void heldOutWording_isNoneOfTheDevelopmentWording() throws IOException {
    Set<String> development = new TreeSet<>();
    for (Path file : developmentFiles()) {
      for (String line : Files.readAllLines(file)) {
        development.addAll(normalised(line));
      }
    }

    assertThat(shared(heldOut(), development)).isEmpty();
  }

  @Test
  void sameWording_inOtherSlotsCaseAndMarks_isFound() {
    Set<String> development = new TreeSet<>();
    for (String line :
        List.of(
            "# a comment",
            "delete | Just delete {photo}, would you!",
            "chat | WILL I need an umbrella, tomorrow",
            "name = aunt carol")) {
      development.addAll(normalised(line));
    }

    Set<String> heldOut =
        Set.of("just delete _ would you", "will i need an umbrella tomorrow", "aunt carol", "chat");
    assertThat(shared(heldOut, development))
        .containsExactlyInAnyOrder(
            "just delete _ would you", "will i need an umbrella tomorrow", "aunt carol");
  }

  @Test
  void heldOutWording_isAllCompared() {
    assertThat(heldOut()).hasSizeGreaterThan(900);
  }

  private static Set<String> shared(Set<String> heldOut, Set<String> development) {
    Set<String> shared = new TreeSet<>(heldOut);
    shared.retainAll(development);
    return shared;
  }

  private static Set<String> heldOut() {
    return Values.open(Wording.heldOut()).stream()
        .map(HeldOutWordingTest::plain)
        .filter(HeldOutWordingTest::says)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Wherever the resolver keeps what it was made with. */
  private static List<Path> developmentFiles() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files
          .filter(Files::isRegularFile)
          .filter(
              file ->
                  file.toString()
                      .matches(".*/fusion/(core|evaluation/development/[a-z])/[a-z_-]+\\.txt"))
          .toList();
    }
  }

  /** A line and all of its parts. */
  private static Set<String> normalised(String line) {
    if (line.startsWith("#")) {
      return Set.of();
    }
    // What stands before the first bar or tab says what a line is, and is said by nobody.
    String said = line.replaceFirst("^[\\w-]+ ?[|\\t]", "");
    List<String> parts = new ArrayList<>(List.of(line));
    parts.addAll(List.of(said.split("[|=:\\t]", -1)));
    parts.addAll(List.of(said.split("[|=:\\t,]", -1)));
    return parts.stream()
        .map(HeldOutWordingTest::plain)
        .filter(HeldOutWordingTest::says)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean says(String text) {
    return text.chars().anyMatch(Character::isLetter);
  }

  /**
   * Without what wording may differ in and still be the same: case, marks, slots and their names.
   */
  private static String plain(String text) {
    return text.toLowerCase(Locale.ROOT)
        .replaceAll("\\{[^}]*}|\\[[^\\]]*]|<[^>]*>|%s", " _ ")
        .replaceAll("[^a-z0-9_']+", " ")
        .replaceAll("^(?: _)+ |(?: _)+ ?$", " ")
        .replaceAll("\\s+", " ")
        .strip();
  }
}
