package dev.starling.faq;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** What is asked to measure the service: {@code questions.yaml}. */
record TestQuestions(Part dev, Part heldOut) {

  record Part(List<Paraphrase> paraphrases, List<String> outOfScope) {}

  /**
   * @param entry that answers it
   */
  record Paraphrase(String ask, String entry) {}

  static TestQuestions read() throws IOException {
    try (InputStream file = TestQuestions.class.getResourceAsStream("questions.yaml")) {
      return new ObjectMapper(new YAMLFactory())
          .setPropertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
          .readValue(file, TestQuestions.class);
    }
  }
}
