package dev.starling.fusion.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** The wording that the intent model is developed on, {@code wording.txt}. Immutable. */
final class OwnWording {
  private final Map<String, List<String>> lists = new LinkedHashMap<>();
  private final Map<String, List<String>> templates = new LinkedHashMap<>();

  /**
   * A text, and what it is.
   *
   * @param template that it was made from; all of one template are trained on or tested with
   *     together
   */
  record Example(String template, String text, int label) {}

  private OwnWording() {}

  static OwnWording read() {
    OwnWording wording = new OwnWording();
    List<String> current = new ArrayList<>();
    try (InputStream in = OwnWording.class.getResourceAsStream("wording.txt");
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String text = line.strip();
        if (text.startsWith("<")) {
          current = new ArrayList<>();
          wording.lists.put(text.substring(1, text.length() - 1), current);
        } else if (text.startsWith("[")) {
          current = new ArrayList<>();
          wording.templates.put(text.substring(1, text.length() - 1), current);
        } else if (!text.isEmpty() && !text.startsWith("#")) {
          current.add(text);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return wording;
  }

  List<String> list(String name) {
    return lists.get(name);
  }

  /** Names of intents, and "fragment". */
  Set<String> intents() {
    return templates.keySet();
  }

  List<String> templates(String intent) {
    return templates.get(intent);
  }

  /** Each template with so many fillings, some of them in polite or noisy words. */
  List<Example> examples(long seed) {
    Random random = new Random(seed);
    List<Example> examples = new ArrayList<>();
    templates.forEach(
        (name, of) -> {
          boolean command = !name.equals("none") && !name.equals("fragment");
          int label = name.equals("fragment") ? IntentModel.FRAGMENT : Intent.of(name).ordinal();
          for (String template : of) {
            int copies = !command && !template.contains("{") ? 1 : command ? 6 : 4;
            for (int copy = 0; copy < copies; copy++) {
              String text = fill(template, random);
              if (command && copy % 3 == 1) {
                text = pick(list("polite"), random) + " " + text;
              } else if (command && copy % 3 == 2 && random.nextBoolean()) {
                text = text + (random.nextBoolean() ? " please" : " now");
              }
              if (copy == 4) {
                text = mishear(text, random);
              }
              examples.add(new Example(name + ": " + template, text, label));
            }
          }
        });
    return examples;
  }

  String fill(String template, Random random) {
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < template.length()) {
      int open = template.indexOf('{', at);
      if (open < 0) {
        return text.append(template.substring(at)).toString();
      }
      int close = template.indexOf('}', open);
      text.append(template, at, open);
      text.append(fill(pick(list(template.substring(open + 1, close)), random), random));
      at = close + 1;
    }
    return text.toString();
  }

  private static String pick(List<String> from, Random random) {
    return from.get(random.nextInt(from.size()));
  }

  /** One letter of one word is changed, or a short word left out. */
  static String mishear(String text, Random random) {
    List<String> words = new ArrayList<>(List.of(text.split(" ", -1)));
    int at = random.nextInt(words.size());
    String word = words.get(at);
    if (word.length() <= 3 && words.size() > 3) {
      words.remove(at);
    } else if (word.length() > 3) {
      int letter = 1 + random.nextInt(word.length() - 1);
      char other = (char) ('a' + random.nextInt(26));
      words.set(at, word.substring(0, letter) + other + word.substring(letter + 1));
    }
    return String.join(" ", words);
  }
}
