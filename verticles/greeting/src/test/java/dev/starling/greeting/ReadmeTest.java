package dev.starling.greeting;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the README shows is the code that is compiled and tested here. */
class ReadmeTest {
  private static final Path README = Path.of("../../README.md");
  private static final Path SOURCE =
      Path.of("src/main/java/dev/starling/greeting/GreetingVerticle.java");

  @Test
  void readme_quotesTheTaggedRegionToTheLetter() throws IOException {
    String region =
        between(Files.readString(SOURCE), "// tag::greeting[]\n", "// end::greeting[]\n");
    String section = between(Files.readString(README), "## Write a verticle\n", "\n## ");

    assertThat(between(section, "```java\n", "```\n")).isEqualTo(region);
  }

  private static String between(String text, String start, String end) {
    int from = text.indexOf(start);
    assertThat(from).as("begin of %s", start.strip()).isNotNegative();
    int to = text.indexOf(end, from + start.length());
    assertThat(to).as("end at %s", end.strip()).isNotNegative();
    return text.substring(from + start.length(), to);
  }
}
