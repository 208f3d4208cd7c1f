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
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Scores pictures against what was said of the one that is meant. Confined to one decision.
 *
 * <p>Scores are differences of log odds. What was said can only count against a picture that does
 * not fit it (the <em>fit</em>); of those that fit, how long ago they were taken and what was
 * spoken of or looked at decides. Sizes were chosen with the development scenarios.
 */
final class ImageScores {
  /**
   * Pictures of two devices that are closer than this cannot be told apart by "the last": how far
   * clocks differ is known up to about the lateness bound.
   */
  private static final long SIMULTANEOUS_MILLIS = 2_500;

  /** "It" is said of what was just taken for a minute. */
  private static final long JUST_TAKEN_MILLIS = 60_000;

  /** Words that may be about a picture are, when one shows as much of them. */
  private static final double SHOWN = 0.75;

  /** Of a burst, the next picture is at most so many times farther away than others were. */
  private static final int BURST = 4;

  /** "Just" is up to this long ago; from three times that on nobody says it. */
  private static final long JUST_MILLIS = 15 * 60_000L;

  private static final long VIEW_MILLIS = 10 * 60_000L;
  private static final double MISFIT = -6;

  private final Reference reference;
  private final Set<String> sources;
  private final Timeline timeline;
  private final Discourse discourse;
  private final Attention attention;
  private final ContentModel meaning;
  private final Map<String, float[]> vectors;
  private final Set<String> displays;

  /** Whether nothing is said that tells one picture from another. */
  private boolean bare;

  /** What is said to be on it. */
  private List<String> content;

  private final Turn spoken;
  private final @Nullable String viewed;

  private final List<Moment> images;
  private final Map<String, SortedMap<String, Double>> reasons = new HashMap<>();
  private final Map<String, Double> fits = new HashMap<>();
  private final Map<String, Double> shares = new HashMap<>();

  /**
   * Scores pictures.
   *
   * @param sources ids of the devices that the picture is from; empty when none is named
   * @param among ids of the pictures to score; empty for all
   * @param displays ids of the devices that take no pictures
   */
  static Candidates of(
      Scene scene,
      Reference reference,
      Set<String> sources,
      Set<String> among,
      Set<String> displays) {
    return new ImageScores(scene, reference, sources, among, displays).score();
  }

  private ImageScores(
      Scene scene,
      Reference reference,
      Set<String> sources,
      Set<String> among,
      Set<String> displays) {
    this.reference = reference;
    this.sources = sources;
    this.timeline = scene.timeline();
    this.discourse = scene.discourse();
    this.attention = scene.attention();
    this.meaning = scene.models().contents();
    this.vectors = scene.vectors();
    this.displays = displays;
    this.bare = !reference.describes() && sources.isEmpty();
    this.content = reference.content();
    this.spoken = new Turn(discourse.image(timeline.now()), timeline.now());
    this.viewed = viewed();
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

  private List<Content.Image> contents() {
    return images.stream().map(ImageScores::image).toList();
  }

  /** How much of what is said to be on it each picture shows; nothing when that does not count. */
  private void showing() {
    shares.putAll(ContentShares.of(meaning, content, reference.name(), contents(), vectors));
    double most = 0;
    for (double share : shares.values()) {
      most = Math.max(most, share);
    }
    boolean pointed =
        reference.order() != 0
            || reference.when().latest()
            || reference.when().before() > 0
            || reference.pointing() != Pointing.NOT;
    if (most < 0.3 && pointed && reference.name().isEmpty()) {
      // "a physical copy of the second one": what is on none of them was said of something else.
      shares.clear();
    }
  }

  /** Words that may be about a picture, when they tell pictures apart. */
  private List<String> shownLoosely() {
    When when = reference.when();
    boolean told =
        !reference.content().isEmpty()
            || reference.order() != 0
            || when.latest()
            || when.before() > 0
            || when.after() > 0
            || reference.pointing() != Pointing.NOT && reference.pointing() != Pointing.THAT;
    if (told || reference.loose().isEmpty()) {
      return List.of();
    }
    List<String> words = new ArrayList<>();
    double most = 0;
    for (Moment moment : images) {
      for (String word : reference.loose()) {
        boolean shows = ContentMatch.byWords(List.of(word), image(moment)) == 1;
        if (shows && !words.contains(word)) {
          words.add(word);
        }
      }
    }
    for (double share :
        ContentShares.of(meaning, reference.loose(), reference.name(), contents(), vectors)
            .values()) {
      most = Math.max(most, share);
    }
    return !words.isEmpty() ? words : most >= SHOWN ? reference.loose() : List.of();
  }

  private Candidates score() {
    List<String> loose = shownLoosely();
    if (!loose.isEmpty()) {
      content = loose;
      bare = false;
    }
    if (!content.isEmpty()) {
      showing();
    }
    for (Moment moment : images) {
      reasons.put(image(moment).imageId(), new TreeMap<>());
      fit(moment);
    }
    boolean recencyCounts =
        !reference.when().earliest()
            && reference.when().before() == 0
            && reference.when().after() == 0
            && reference.order() == 0
            && reference.pointing() != Pointing.VIEWED;
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
      scored.add(Scored.of(moment, image(moment), fits.get(id), reasons.get(id)));
    }
    return new Candidates(scored);
  }

  private void add(Moment moment, String reason, double score) {
    if (score != 0) {
      reasons.get(image(moment).imageId()).merge(reason, known(score), Double::sum);
    }
  }

  private void fit(Moment moment, String reason, double score) {
    add(moment, reason, score);
    fits.merge(image(moment).imageId(), known(score), Double::sum);
  }

  /** Descriptors that are no numbers fit nothing. */
  private static double known(double score) {
    return Double.isNaN(score) ? MISFIT : score;
  }

  private boolean fits(Moment moment) {
    return fits.get(image(moment).imageId()) > Candidates.FITS;
  }

  /** In powers of e of half a minute. */
  private double age(Moment moment) {
    long since = bare ? salient(moment) : moment.captured();
    double seconds = Math.max(0, timeline.now() - since) / 1000.0;
    return StrictMath.log(1 + seconds / 30);
  }

  /** When it was taken, spoken of or looked at, whichever was last. */
  private long salient(Moment moment) {
    String id = image(moment).imageId();
    long since = Math.max(moment.captured(), spoken.of(id) ? spoken.millis() : Long.MIN_VALUE);
    Attention.View view = id.equals(viewed) ? attention.views().get(id) : null;
    return view == null ? since : Math.max(since, view.millis());
  }

  /** What is looked at on the device that is spoken to, if anything is; else anywhere. */
  private @Nullable String viewed() {
    String here = attention.lastViewedOn(timeline.speakingDevice());
    Attention.View view = here == null ? null : attention.views().get(here);
    boolean fresh = view != null && timeline.now() - view.millis() <= VIEW_MILLIS;
    return fresh ? here : attention.lastViewed();
  }

  private double recencyWeight() {
    if (reference.when().interval() != null) {
      // When it was is said.
      return 0.12;
    }
    boolean told =
        !content.isEmpty() || !reference.colors().isEmpty() || !reference.looks().isEmpty();
    // Of two dogs, the later one is hardly likelier.
    return told ? 0.12 : reference.noun() == Noun.SCREENSHOT ? 0.3 : 1;
  }

  private void fit(Moment moment) {
    fits.put(image(moment).imageId(), 0.0);
    Content.Image image = image(moment);
    When.Interval interval = reference.when().interval();
    if (interval != null) {
      double outside = interval.outside(moment.captured());
      fit(moment, "time", outside == 0 ? 0 : Math.max(MISFIT, -1.8 - 2 * outside));
      double off = interval.offCenter(moment.captured());
      add(moment, "about that time", -3 * off * off);
    }
    if (reference.when().justNow()) {
      double ago = timeline.now() - moment.captured();
      fit(moment, "not just now", -4 * Appearance.between(ago, JUST_MILLIS, 3 * JUST_MILLIS));
    }
    if (!sources.isEmpty()) {
      fit(moment, "device", isFrom(moment, image) ? 0 : MISFIT);
    }
    double share = shares.getOrDefault(image.imageId(), 1.0);
    fit(moment, "content", -5.5 * (1 - share));
    if (!reference.loose().isEmpty()) {
      add(moment, "words", 3.5 * ContentMatch.byWords(reference.loose(), image));
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
      if ((shown || viewed) && displays.contains(source)) {
        return true;
      }
    }
    return false;
  }

  private void color(Moment moment, Content.Image image, String color) {
    fit(moment, "color " + color, Appearance.color(image, color));
    add(moment, "much " + color, 2 * Appearance.share(image, color));
  }

  private void look(Moment moment, Content.Image image, Look look) {
    String name = look.name().toLowerCase(Locale.ROOT);
    fit(moment, "look " + name, Appearance.look(image, look));
    add(moment, "how " + name, 5 * Appearance.degree(image, look));
  }

  private void noun(Moment moment, Content.Image image) {
    boolean screenshot = Appearance.isScreenshot(image);
    boolean took = reference.taken() || reference.when().justNow();
    if (reference.noun() == Noun.SCREENSHOT) {
      fit(moment, "screenshot", screenshot ? 0 : MISFIT);
    } else if (screenshot && (reference.noun() == Noun.PHOTO || took)) {
      fit(moment, "no photo", -3.5);
    }
    if (took && displays.contains(moment.event().deviceId())) {
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
        add(fitting.get(0), "earliest", 7);
      }
    }
    if (reference.when().before() > 0 || reference.when().after() > 0) {
      neighbour();
    }
  }

  private boolean describesMore() {
    return !sources.isEmpty()
        || reference.when().interval() != null
        || !shares.isEmpty()
        || !reference.colors().isEmpty();
  }

  /** Pictures that were taken in a row, of which one is the second. */
  private List<Moment> row() {
    List<Moment> fitting = fitting();
    When.Interval interval = reference.when().interval();
    if (interval != null) {
      fitting.removeIf(moment -> interval.outside(moment.captured()) > 0);
    }
    int of = reference.of();
    if (of > 0 && of <= fitting.size()) {
      return fitting.subList(fitting.size() - of, fitting.size());
    }
    if (describesMore() || fitting.isEmpty()) {
      return fitting;
    }
    List<Moment> row = burst(fitting);
    if (row.size() >= Math.max(2, reference.order())) {
      return row;
    }
    for (long gap : new long[] {10 * 60_000L, 60 * 60_000L, 24 * 3600_000L}) {
      row = since(fitting, gap);
      if (row.size() >= Math.max(2, reference.order())) {
        break;
      }
    }
    return row;
  }

  /** The latest, back to where a gap is much longer than those after it. */
  private static List<Moment> burst(List<Moment> fitting) {
    int from = fitting.size() - 1;
    long longest = 15_000;
    while (from > 0) {
      long gap = fitting.get(from).captured() - fitting.get(from - 1).captured();
      if (gap > BURST * longest) {
        break;
      }
      longest = Math.max(longest, gap);
      from--;
    }
    return fitting.subList(from, fitting.size());
  }

  /** The latest, back to a gap of so much. */
  private static List<Moment> since(List<Moment> fitting, long longest) {
    int from = fitting.size() - 1;
    while (from > 0 && fitting.get(from).captured() - fitting.get(from - 1).captured() <= longest) {
      from--;
    }
    return fitting.subList(from, fitting.size());
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
        add(other, "in order on its device", 3);
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
    if (reference.order() != 0
        || when.before() > 0
        || when.after() > 0
        || when.earliest()
        || reference.pointing() == Pointing.VIEWED) {
      return;
    }
    boolean bare =
        content.isEmpty()
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
    Pointing pointing = reference.pointing();
    if (pointing == Pointing.VIEWED) {
      for (Moment moment : images) {
        fit(moment, "looked at", image(moment).imageId().equals(viewed) ? 0 : -5);
      }
      return;
    }
    if (!bare || pointing == Pointing.OTHER) {
      return;
    }
    boolean unsaid = pointing == Pointing.IT && reference.noun() == Noun.UNSAID;
    boolean points =
        pointing == Pointing.THIS || pointing == Pointing.THAT || pointing == Pointing.SAME;
    if ((unsaid || points) && pointsAtNothing()) {
      for (Moment moment : images) {
        fit(moment, "nothing was spoken of", -3);
      }
    }
    for (Moment moment : images) {
      String id = image(moment).imageId();
      double bySpeech = spoken.weight(id, pointing);
      double byView = id.equals(viewed) ? view(id, pointing) : 0;
      add(moment, "spoken of", bySpeech);
      add(moment, "looked at", byView);
    }
  }

  /** Whether nothing was spoken of, looked at or just taken. */
  private boolean pointsAtNothing() {
    boolean looked = viewed != null && view(viewed, Pointing.THIS) > 0;
    if (spoken.turn() != null || looked || images.isEmpty()) {
      return false;
    }
    long last = images.get(images.size() - 1).captured();
    return timeline.now() - last > JUST_TAKEN_MILLIS;
  }

  private double view(String id, Pointing pointing) {
    Attention.View view = attention.views().get(id);
    if (view == null || timeline.now() - view.millis() > VIEW_MILLIS) {
      return 0;
    }
    boolean here = view.device().equals(timeline.speakingDevice());
    boolean afterTaking = true;
    for (Moment moment : images) {
      boolean same = moment.event().deviceId().equals(view.device());
      afterTaking &= !same || moment.captured() <= view.millis();
    }
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

    boolean of(String imageId) {
      Decision.Target target = turn == null ? null : Discourse.spokenOf(turn.decision());
      return target != null && target.id().equals(imageId);
    }

    double weight(String imageId, Pointing pointing) {
      if (turn == null || !of(imageId)) {
        return 0;
      }
      // Ten minutes on, "it" is hardly what was spoken of any more.
      double fresh = Math.max(0, 1 - Math.max(0, now - turn.millis() - 60_000) / 900_000.0);
      return fresh
          * switch (pointing) {
            case IT, SAME -> 13;
            case THAT -> 12;
            case THIS -> 8;
            case NOT -> 5;
            default -> 0;
          };
    }
  }
}
