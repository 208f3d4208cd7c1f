package dev.starling.fusion.core;

import dev.starling.fusion.core.Candidates.Scored;
import dev.starling.fusion.core.Reference.Look;
import dev.starling.fusion.core.Reference.Noun;
import dev.starling.fusion.core.Reference.Pointing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Scores pictures against what was said of the one that is meant. Confined to one decision.
 *
 * <p>Scores are differences of log odds. What was said can only count against a picture that does
 * not fit it (the <em>fit</em>); of those that fit, how long ago they were taken and what was spoken
 * of or looked at decides. Sizes were chosen with the development scenarios.
 */
final class ImageScores {
  /** Pictures of two devices that are closer than this cannot be told apart by "the last". */
  private static final long SIMULTANEOUS_MILLIS = 12_000;

  /** Nobody "just took" a picture longer ago than this. */
  private static final long JUST_MILLIS = 20 * 60_000L;

  private static final long VIEW_MILLIS = 10 * 60_000L;
  private static final double MISFIT = -6;

  private final Reference reference;
  private final Set<String> sources;
  private final Timeline timeline;
  private final Discourse discourse;
  private final Attention attention;
  private final Map<String, float[]> vectors;
  private final Set<String> cameras;

  private final List<Moment> images;
  private final Map<String, Map<String, Double>> reasons = new HashMap<>();
  private final Map<String, Double> fits = new HashMap<>();

  /**
   * Scores pictures.
   *
   * @param sources ids of the devices that the picture is from; empty when none is named
   * @param among ids of the pictures to score; empty for all
   * @param cameras ids of the devices that take pictures; empty when none is registered
   */
  static Candidates of(
      Scene scene,
      Reference reference,
      Set<String> sources,
      Set<String> among,
      Set<String> cameras) {
    return new ImageScores(scene, reference, sources, among, cameras).score();
  }

  private ImageScores(
      Scene scene,
      Reference reference,
      Set<String> sources,
      Set<String> among,
      Set<String> cameras) {
    this.reference = reference;
    this.sources = sources;
    this.timeline = scene.timeline();
    this.discourse = scene.discourse();
    this.attention = scene.attention();
    this.vectors = scene.vectors();
    this.cameras = cameras;
    this.images = new ArrayList<>();
    for (Moment moment : timeline.images()) {
      String id = image(moment).imageId();
      if (!discourse.isDeleted(id) && (among.isEmpty() || among.contains(id))) {
        images.add(moment);
      }
    }
  }

  private static Content.Image image(Moment moment) {
    return (Content.Image) moment.event().content();
  }

  private Candidates score() {
    for (Moment moment : images) {
      reasons.put(image(moment).imageId(), new TreeMap<>());
      fit(moment);
    }
    boolean recencyCounts =
        !reference.when().earliest()
            && reference.when().before() == 0
            && reference.when().after() == 0
            && reference.order() == 0;
    for (Moment moment : images) {
      if (recencyCounts) {
        add(moment, "recency", -recencyWeight() * age(moment));
      }
    }
    sequence();
    latest();
    pointed();
    List<Scored> scored = new ArrayList<>();
    for (Moment moment : images) {
      String id = image(moment).imageId();
      scored.add(new Scored(moment, image(moment), fits.get(id), reasons.get(id)));
    }
    return new Candidates(scored);
  }

  private void add(Moment moment, String reason, double score) {
    if (score != 0) {
      reasons.get(image(moment).imageId()).merge(reason, score, Double::sum);
    }
  }

  private void fit(Moment moment, String reason, double score) {
    add(moment, reason, score);
    fits.merge(image(moment).imageId(), score, Double::sum);
  }

  private boolean fits(Moment moment) {
    return fits.get(image(moment).imageId()) > Candidates.FITS;
  }

  /** In doublings and more of half a minute. */
  private double age(Moment moment) {
    double seconds = Math.max(0, timeline.now() - moment.captured()) / 1000.0;
    return StrictMath.log(1 + seconds / 30);
  }

  private double recencyWeight() {
    boolean told =
        !reference.content().isEmpty()
            || !reference.colors().isEmpty()
            || !reference.looks().isEmpty()
            || reference.when().interval() != null
            || reference.noun() == Noun.SCREENSHOT;
    return told ? 0.45 : 1;
  }

  private void fit(Moment moment) {
    fits.put(image(moment).imageId(), 0.0);
    Content.Image image = image(moment);
    When.Interval interval = reference.when().interval();
    if (interval != null) {
      double outside = interval.outside(moment.captured());
      fit(moment, "time", outside == 0 ? 0 : Math.max(MISFIT, -1 - 2 * outside));
    }
    if (reference.when().justNow() && timeline.now() - moment.captured() > JUST_MILLIS) {
      fit(moment, "not just now", -4);
    }
    if (!sources.isEmpty()) {
      fit(moment, "device", isFrom(moment, image) ? 0 : MISFIT);
    }
    if (!reference.content().isEmpty()) {
      double share = ContentMatch.of(reference.content(), image, vectors);
      fit(moment, "content", -5.5 * (1 - share));
    }
    if (!reference.loose().isEmpty()) {
      double share = ContentMatch.byWords(reference.loose(), image);
      add(moment, "words", 3.5 * share);
    }
    for (String color : reference.colors()) {
      color(moment, image, color);
    }
    for (Look look : reference.looks()) {
      look(moment, image, look);
    }
    noun(moment, image);
    if (reference.notTheLast() || reference.pointing() == Pointing.OTHER) {
      String last = discourse.lastImageId(timeline.now());
      String excluded = last == null ? attention.lastViewed() : last;
      fit(moment, "not that one", image.imageId().equals(excluded) ? -9 : 0);
    }
  }

  private boolean isFrom(Moment moment, Content.Image image) {
    if (sources.contains(moment.event().deviceId())) {
      return true;
    }
    for (String source : sources) {
      boolean shown = image.imageId().equals(discourse.shownOn(source));
      boolean viewed = image.imageId().equals(attention.lastViewedOn(source));
      if ((shown || viewed) && !cameras.contains(source)) {
        return true;
      }
    }
    return false;
  }

  private void color(Moment moment, Content.Image image, String color) {
    boolean said = ContentMatch.byWords(List.of(color), image) == 1;
    Content.Descriptors pixels = image.descriptors();
    if (pixels == null) {
      fit(moment, "color " + color, said ? 0 : -3.2);
      return;
    }
    double share = 0;
    double most = 0;
    boolean neutral = Colors.NEUTRAL.contains(color);
    for (Content.Color one : pixels.colors()) {
      share = one.name().equals(color) ? Math.max(share, one.share()) : share;
      boolean counts = neutral || !Colors.NEUTRAL.contains(one.name());
      most = counts ? Math.max(most, one.share()) : most;
    }
    // A quarter of a picture in its colour is what one calls it by, or what is largest in it.
    double enough = 1 - Math.min(1, share / 0.25);
    boolean largest = share > 0.05 && share >= most;
    double fit = (largest ? -2.0 : -5.5) * enough - (largest ? 0 : 1.2);
    fit(moment, "color " + color, said ? Math.max(fit, -0.5) : fit);
    add(moment, "much " + color, 2 * share);
  }

  private void look(Moment moment, Content.Image image, Look look) {
    String name = "look " + look.name().toLowerCase(Locale.ROOT);
    Content.Descriptors pixels = image.descriptors();
    if (pixels == null) {
      fit(moment, name, -3.2);
      return;
    }
    double misfit =
        switch (look) {
          case DARK -> between(pixels.brightness(), 0.3, 0.55);
          case BRIGHT -> between(-pixels.brightness(), -0.65, -0.42);
          case BLURRY -> between(pixels.sharpness(), 0.35, 0.6);
          case SHARP -> between(-pixels.sharpness(), -0.6, -0.35);
          case UPRIGHT -> pixels.height() > pixels.width() ? 0 : 1;
          case WIDE -> pixels.width() > pixels.height() ? 0 : 1;
          case MONOCHROME -> colorful(pixels);
        };
    boolean labelled =
        look == Look.WIDE && ContentMatch.byWords(List.of("landscape"), image) == 1
            || look == Look.UPRIGHT && ContentMatch.byWords(List.of("portrait"), image) == 1;
    fit(moment, name, labelled ? 0 : -5.5 * misfit);
    double more =
        switch (look) {
          case DARK -> -pixels.brightness();
          case BRIGHT -> pixels.brightness();
          case BLURRY -> -pixels.sharpness();
          case SHARP -> pixels.sharpness();
          default -> 0;
        };
    add(moment, "how " + name.substring(5), 5 * more);
  }

  private static double colorful(Content.Descriptors pixels) {
    double share = 0;
    for (Content.Color color : pixels.colors()) {
      share += Colors.NEUTRAL.contains(color.name()) ? 0 : color.share();
    }
    return between(share, 0.05, 0.3);
  }

  /** 0 up to one value, 1 from the other on. */
  private static double between(double value, double none, double full) {
    return Math.max(0, Math.min(1, (value - none) / (full - none)));
  }

  private void noun(Moment moment, Content.Image image) {
    boolean labelled = ContentMatch.byWords(List.of("screenshot"), image) == 1;
    boolean screenshot = labelled || image.descriptors() != null && image.descriptors().screenshot();
    boolean took = reference.taken() || reference.when().justNow();
    if (reference.noun() == Noun.SCREENSHOT) {
      fit(moment, "screenshot", screenshot ? 0 : MISFIT);
    } else if (screenshot && (reference.noun() == Noun.PHOTO || took)) {
      fit(moment, "no photo", -3.5);
    }
    boolean camera = cameras.isEmpty() || cameras.contains(moment.event().deviceId());
    if (took && !camera) {
      fit(moment, "not taken", -3);
    }
  }

  private List<Moment> fitting() {
    List<Moment> fitting = new ArrayList<>();
    for (Moment moment : images) {
      if (fits(moment)) {
        fitting.add(moment);
      }
    }
    return fitting;
  }

  /** "the second one", "the one before", "the first from this morning" */
  private void sequence() {
    if (reference.order() != 0) {
      List<Moment> row = row();
      int at = reference.order() - 1;
      for (Moment moment : images) {
        boolean meant = at < row.size() && row.get(at).equals(moment);
        fit(moment, "order", meant ? 0 : MISFIT);
      }
      if (row.size() == 1 && at == 0 && images.size() > 1 && !describesMore()) {
        // One picture is no row of which one would be the first.
        fit(row.get(0), "no row", -1);
      }
    }
    if (reference.when().earliest()) {
      List<Moment> fitting = fitting();
      if (!fitting.isEmpty()) {
        add(fitting.get(0), "earliest", 4);
      }
    }
    if (reference.when().before() > 0 || reference.when().after() > 0) {
      neighbour();
    }
  }

  private boolean describesMore() {
    return !sources.isEmpty()
        || reference.when().interval() != null
        || !reference.content().isEmpty()
        || !reference.colors().isEmpty();
  }

  /** Pictures that were taken in a row, of which one is the second. */
  private List<Moment> row() {
    List<Moment> fitting = fitting();
    if (describesMore() || fitting.isEmpty()) {
      return fitting;
    }
    List<Moment> row = new ArrayList<>();
    for (long gap : new long[] {10 * 60_000L, 60 * 60_000L, 24 * 3600_000L}) {
      row.clear();
      for (int i = fitting.size() - 1; i >= 0; i--) {
        Moment moment = fitting.get(i);
        boolean near = row.isEmpty() || row.get(0).captured() - moment.captured() <= gap;
        if (!near) {
          break;
        }
        row.add(0, moment);
      }
      if (row.size() >= Math.max(2, reference.order())) {
        break;
      }
    }
    return row;
  }

  private void neighbour() {
    List<Moment> fitting = fitting();
    if (fitting.isEmpty()) {
      return;
    }
    Moment anchor = anchor(fitting);
    int step = reference.when().after() - reference.when().before();
    int meant = fitting.indexOf(anchor) + step;
    List<Moment> same = new ArrayList<>(fitting);
    same.removeIf(one -> !one.event().deviceId().equals(anchor.event().deviceId()));
    int meantOfSame = same.indexOf(anchor) + step;
    Set<String> good = new HashSet<>();
    if (meant >= 0 && meant < fitting.size()) {
      add(fitting.get(meant), "in order", 6);
      good.add(image(fitting.get(meant)).imageId());
    }
    if (meantOfSame >= 0 && meantOfSame < same.size()) {
      Moment other = same.get(meantOfSame);
      if (good.add(image(other).imageId())) {
        add(other, "in order on its device", 4.8);
      }
    }
    for (Moment moment : images) {
      if (!good.contains(image(moment).imageId())) {
        fit(moment, "order", MISFIT);
      }
    }
  }

  /** What "before" is before: what was spoken of, unless the last one is named; else the last. */
  private Moment anchor(List<Moment> fitting) {
    String spoken = discourse.lastImageId(timeline.now());
    if (spoken != null && !reference.when().latest()) {
      for (Moment moment : fitting) {
        if (image(moment).imageId().equals(spoken)) {
          return moment;
        }
      }
    }
    return fitting.get(fitting.size() - 1);
  }

  private void latest() {
    When when = reference.when();
    if (reference.order() != 0 || when.before() > 0 || when.after() > 0 || when.earliest()) {
      return;
    }
    boolean bare =
        reference.content().isEmpty()
            && reference.colors().isEmpty()
            && reference.looks().isEmpty()
            && when.interval() == null;
    double bonus = when.latest() ? 5 : bare ? 3 : 0;
    List<Moment> fitting = fitting();
    if (bonus == 0 || fitting.isEmpty()) {
      return;
    }
    Moment last = fitting.get(fitting.size() - 1);
    for (Moment moment : fitting) {
      boolean elsewhere = !moment.event().deviceId().equals(last.event().deviceId());
      boolean at = last.captured() - moment.captured() <= SIMULTANEOUS_MILLIS;
      if (moment.equals(last) || elsewhere && at) {
        add(moment, "latest", bonus);
      }
    }
  }

  private void pointed() {
    Turn spoken = new Turn(discourse.image(timeline.now()), timeline.now());
    String viewed = attention.lastViewed();
    Pointing pointing = reference.pointing();
    boolean bare = !reference.describes() && sources.isEmpty();
    if (pointing == Pointing.VIEWED) {
      for (Moment moment : images) {
        fit(moment, "looked at", image(moment).imageId().equals(viewed) ? 0 : -5);
      }
      return;
    }
    if (!bare || pointing == Pointing.OTHER) {
      return;
    }
    for (Moment moment : images) {
      String id = image(moment).imageId();
      double bySpeech = spoken.weight(id, pointing);
      double byView = id.equals(viewed) ? view(id, pointing, spoken) : 0;
      add(moment, "spoken of", bySpeech);
      add(moment, "looked at", byView);
    }
  }

  private double view(String id, Pointing pointing, Turn spoken) {
    Attention.View view = attention.views().get(id);
    if (view == null || timeline.now() - view.millis() > VIEW_MILLIS) {
      return 0;
    }
    long newest = images.isEmpty() ? 0 : images.get(images.size() - 1).captured();
    boolean here = view.device().equals(timeline.speakingDevice());
    boolean afterTaking = view.millis() >= newest;
    boolean afterSpeech = view.millis() >= spoken.millis();
    return switch (pointing) {
      case THIS -> (here ? 11.0 : 9.0) + (afterTaking ? 0 : -3);
      case THAT, IT -> afterSpeech ? (here ? 10.0 : 8.0) + (afterTaking ? 0 : -3) : 1;
      case NOT -> afterSpeech ? (here ? 9.0 : 7.0) + (afterTaking ? 0 : -5) : 0;
      default -> 0;
    };
  }

  /** What was spoken of last, and when; never, when nothing was. */
  private record Turn(Discourse.@Nullable Turn turn, long now) {
    long millis() {
      return turn == null ? Long.MIN_VALUE : turn.millis();
    }

    double weight(String imageId, Pointing pointing) {
      if (turn == null
          || turn.decision().target() == null
          || !turn.decision().target().id().equals(imageId)) {
        return 0;
      }
      // Ten minutes on, "it" is hardly what was spoken of any more.
      double fresh = Math.max(0, 1 - Math.max(0, now - turn.millis() - 60_000) / 900_000.0);
      return fresh
          * switch (pointing) {
            case IT, SAME -> 13;
            case THAT -> 12;
            case THIS -> 8;
            case NOT -> 3;
            default -> 0;
          };
    }
  }
}
