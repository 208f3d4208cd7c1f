package dev.starling.fusion.evaluation;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.starling.fusion.core.Device;
import java.time.Duration;
import java.util.List;

/** Pictures whose events come late, too late or never, or whose clocks are off. */
final class StreamScenes {
  private final References references;
  private final ContentScenes contents;
  private final TimeScenes times;

  StreamScenes(References references, ContentScenes contents, TimeScenes times) {
    this.references = references;
    this.contents = contents;
    this.times = times;
  }

  /** The picture arrives after the utterance, and within the lateness bound. */
  Reference late(Stage stage) {
    Draw draw = stage.draw;
    TimeScenes.older(stage, ofMinutes(25));
    Device phone = TimeScenes.camera(stage);
    Duration ago = TimeScenes.moments(draw);
    Duration underway = draw.between(ofMillis(700), ofMillis(1700));
    Picture last = stage.picture(phone, stage.ago(ago)).sent(ago.plusMillis(200), underway);
    if (draw.chance(0.5)) {
      // It was taken hours ago, and arrives as the utterance does.
      Picture kept =
          stage.picture(stage.home.tablet(), stage.ago(draw.between(ofHours(2), ofHours(4))));
      stage.taken(kept.sent(Duration.between(kept.at(), stage.now).minusSeconds(2), ofMillis(120)));
    }
    return references.to(draw, "just-took", stage.taken(last));
  }

  /** By the clocks alone, another picture would be the last one. */
  Reference skewed(Stage stage) {
    Draw draw = stage.draw;
    Device phone = TimeScenes.camera(stage);
    Device tablet = stage.home.tablet();
    Duration off = draw.between(ofMinutes(20), ofHours(5));
    boolean phoneIsSlow = draw.chance(0.5);
    if (phoneIsSlow) {
      stage.clock(phone, off.negated());
    } else {
      stage.clock(tablet, off);
    }
    stage.taken(phone, stage.ago(draw.between(ofHours(6), ofHours(9))));
    if (draw.chance(0.4)) {
      Picture before = stage.taken(tablet, stage.ago(draw.between(ofMinutes(8), ofMinutes(14))));
      stage.taken(phone, stage.ago(TimeScenes.moments(draw)));
      return references.to(draw, "before-last", before);
    }
    stage.taken(tablet, stage.ago(draw.between(ofMinutes(8), ofMinutes(14))));
    Picture last = stage.taken(phone, stage.ago(TimeScenes.moments(draw)));
    return references.to(draw, "just-took", last);
  }

  /** Another one is taken after the utterance. */
  Reference asOf(Stage stage) {
    Draw draw = stage.draw;
    TimeScenes.older(stage, ofMinutes(25));
    Device phone = TimeScenes.camera(stage);
    Picture last = stage.taken(phone, stage.ago(TimeScenes.moments(draw)));
    stage.taken(phone, stage.now.plus(draw.between(ofSeconds(4), ofSeconds(9))));
    return references.to(draw, "just-took", last);
  }

  /** What is meant never arrived. */
  Reference missing(Stage stage) {
    Draw draw = stage.draw;
    return switch (draw.between(0, 2)) {
      case 0 -> contents.absent(stage);
      case 1 -> times.emptyWindow(stage);
      default -> {
        for (long days : List.of(2L, 3L, 4L)) {
          stage.taken(TimeScenes.camera(stage), stage.ago(Duration.ofDays(days)));
        }
        // What is latest is still a picture; what is said to be from this minute is not.
        String words =
            draw.of(
                references.all("just-took").stream()
                    .filter(text -> text.contains("just") || text.contains("ago"))
                    .toList());
        yield Reference.unclear(words, words);
      }
    };
  }
}
