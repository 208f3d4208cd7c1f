package dev.starling.fusion.core;

import dev.starling.fusion.evaluation.Wording;
import dev.starling.testkit.MiniLm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Trains the model of what is on pictures, on the names that the development wording has for them.
 * Deterministic. Confined to one thread.
 *
 * <p>How likely the nearest picture is meant is fitted to names of writers that the model of that
 * fold was not trained on: each among three other pictures, and among four of which none is meant.
 */
final class ContentTraining {
  private static final int FOLDS = 4;
  private static final int CASES = 4;
  private static final int OTHERS = 4;
  private static final double[] SHOWN_AT = {0.25, 0.33, 0.5};

  /** A picture's text, and what it is called. */
  private record Named(Subject subject, String name, List<String> words) {}

  /** What is on a picture, among those of one writer. */
  private record Subject(String set, String kind, String group, Content.Image image) {}

  /** A name among pictures, of which the first is meant, or none is. */
  private record Case(Named named, List<Subject> subjects, boolean present) {}

  /** How near the nearest is and the next, and whether the nearest is right. */
  private record Found(double near, double nearer, boolean right, boolean present) {}

  private final MiniLm embedder;
  private final Map<String, float[]> vectors = new HashMap<>();
  private final List<Named> all = new ArrayList<>();
  private final List<Subject> subjects = new ArrayList<>();

  private ContentTraining(List<Wording> sets, MiniLm embedder) {
    this.embedder = embedder;
    for (Wording set : sets) {
      for (String file : List.of("labels", "captions")) {
        for (Wording.Line line : set.tagged(file)) {
          Subject subject =
              new Subject(set.name(), file, line.tag(), image(file, line.parts().get(0)));
          subjects.add(subject);
          for (String name : line.parts().subList(1, line.parts().size())) {
            List<String> words = Words.of(name);
            List<String> content = words.stream().filter(ImageWords::isContent).toList();
            all.add(new Named(subject, String.join(" ", words), content));
          }
        }
      }
    }
  }

  static ContentModel train(List<Wording> sets, MiniLm embedder) {
    ContentTraining training = new ContentTraining(sets, embedder);
    ContentModel.Likelihood likelihood = training.likelihood(sets);
    return training.model(training.all, likelihood);
  }

  private static Content.Image image(String file, String text) {
    boolean labels = file.equals("labels");
    return new Content.Image(
        "",
        "",
        labels ? "" : text,
        labels ? Arrays.asList(text.split(",\\s*", -1)) : List.of(),
        Content.Exif.NONE,
        null,
        null);
  }

  private float[] vector(String text) {
    return vectors.computeIfAbsent(text, embedder::embed);
  }

  private ContentModel model(List<Named> named, ContentModel.Likelihood likelihood) {
    List<ContrastTraining.Pair> pairs = new ArrayList<>();
    for (Named one : named) {
      List<float[]> shown = new ArrayList<>();
      one.subject.image.labels().forEach(label -> shown.add(vector(label)));
      String text = ContentMatch.text(one.subject.image);
      // As often as all of its labels: that is what is compared.
      shown.addAll(Collections.nCopies(Math.max(1, shown.size()), vector(text)));
      pairs.add(
          new ContrastTraining.Pair(
              vector(one.name), shown, one.subject.set + " " + one.subject.group));
    }
    return ContrastTraining.train(pairs).model(likelihood);
  }

  private ContentModel.Likelihood likelihood(List<Wording> sets) {
    List<Found> found = new ArrayList<>();
    for (int fold = 0; fold < FOLDS; fold++) {
      List<String> held = new ArrayList<>();
      for (int i = fold; i < sets.size(); i += FOLDS) {
        held.add(sets.get(i).name());
      }
      ContentModel model =
          model(
              all.stream().filter(one -> !held.contains(one.subject.set)).toList(),
              new ContentModel.Likelihood(0, 0, 0));
      Map<String, float[]> turned = new HashMap<>();
      for (Case one : cases(held, new Random(31))) {
        found.add(find(one, model, turned));
      }
    }
    ContentModel.Likelihood likelihood = fit(found);
    report(found, likelihood);
    return likelihood;
  }

  private List<Case> cases(List<String> held, Random random) {
    List<Case> cases = new ArrayList<>();
    for (Named one : all) {
      if (!held.contains(one.subject.set) || byWords(one, one.subject) == 1) {
        continue;
      }
      List<Subject> pool =
          new ArrayList<>(
              subjects.stream()
                  .filter(other -> other.set.equals(one.subject.set))
                  .filter(other -> other.kind.equals(one.subject.kind))
                  .filter(other -> !other.group.equals(one.subject.group))
                  .toList());
      for (int i = 0; i < CASES; i++) {
        Collections.shuffle(pool, random);
        List<Subject> others = new ArrayList<>();
        for (Subject other : pool) {
          if (others.size() < OTHERS
              && others.stream().noneMatch(each -> each.group.equals(other.group))) {
            others.add(other);
          }
        }
        if (others.stream().noneMatch(other -> byWords(one, other) == 1)) {
          List<Subject> with = new ArrayList<>(others.subList(0, OTHERS - 1));
          with.add(0, one.subject);
          cases.add(new Case(one, with, true));
          cases.add(new Case(one, others, false));
        }
      }
    }
    return cases;
  }

  private static double byWords(Named named, Subject subject) {
    return ContentMatch.byWords(named.words, subject.image);
  }

  private Found find(Case one, ContentModel model, Map<String, float[]> turned) {
    double nearest = -1;
    double next = -1;
    int best = 0;
    float[] name = turned(one.named.name, model, turned);
    for (int i = 0; i < one.subjects.size(); i++) {
      Subject subject = one.subjects.get(i);
      float[] shown = turned(ContentMatch.text(subject.image), model, turned);
      double near = ContentShares.WORDS * byWords(one.named, subject);
      for (int at = 0; at < shown.length; at++) {
        near += (double) name[at] * shown[at];
      }
      if (near > nearest) {
        next = nearest;
        nearest = near;
        best = i;
      } else {
        next = Math.max(next, near);
      }
    }
    // Nothing is nearer than 0 to a picture of which nothing is known.
    return new Found(nearest, nearest - Math.max(0, next), one.present && best == 0, one.present);
  }

  private float[] turned(String text, ContentModel model, Map<String, float[]> turned) {
    return turned.computeIfAbsent(text, ignored -> model.turned(vector(text)));
  }

  /** Logistic regression by gradient descent. */
  private static ContentModel.Likelihood fit(List<Found> found) {
    double near = 0;
    double nearer = 0;
    double bias = 0;
    for (int step = 0; step < 20_000; step++) {
      ContentModel.Likelihood now = new ContentModel.Likelihood(near, nearer, bias);
      double byNear = 0;
      double byNearer = 0;
      double byBias = 0;
      for (Found one : found) {
        double error = now.of(one.near, one.nearer) - (one.right ? 1 : 0);
        byNear += error * one.near;
        byNearer += error * one.nearer;
        byBias += error;
      }
      near -= 8 * byNear / found.size();
      nearer -= 8 * byNearer / found.size();
      bias -= 2 * byBias / found.size();
    }
    return new ContentModel.Likelihood(near, nearer, bias);
  }

  private static void report(List<Found> found, ContentModel.Likelihood likelihood) {
    double present = found.stream().filter(Found::present).count();
    System.out.printf(
        Locale.ROOT,
        "names of pictures: %.0f that no word gives away, nearest right %.3f, %s%n",
        present,
        found.stream().filter(Found::right).count() / present,
        likelihood);
    for (double least : SHOWN_AT) {
      List<Found> believed =
          found.stream().filter(one -> likelihood.of(one.near, one.nearer) >= least).toList();
      System.out.printf(
          Locale.ROOT,
          "  believed from %.2f on: right %.3f, wrong %.3f; of what is not there %.3f%n",
          least,
          believed.stream().filter(Found::right).count() / present,
          believed.stream().filter(one -> one.present && !one.right).count() / present,
          believed.stream().filter(one -> !one.present).count() / (found.size() - present));
    }
  }
}
