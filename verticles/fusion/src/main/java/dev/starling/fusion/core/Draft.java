package dev.starling.fusion.core;

import dev.starling.fusion.core.Candidates.Scored;
import dev.starling.fusion.core.Decision.Status;
import dev.starling.fusion.core.Decision.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A command as far as it is known, which becomes an outcome: given when all is clear, else a
 * question for the first thing that is not. Confined to one decision.
 */
final class Draft {
  /**
   * From here on a command is given. Chosen with the development scenarios so that fewer than one
   * of a hundred commands given is wrong.
   */
  static final double GIVEN = 0.46;

  /** A picture has to be this much likelier than all others together. */
  static final double PICTURE = 0.76;

  private static final int MOST_OPTIONS = 4;
  private static final Set<Intent> WITHOUT_PICTURE = Set.of(Intent.DIM, Intent.PLAY, Intent.STOP);

  private final Scene scene;
  private final Intent intent;
  private final double intentConfidence;
  private final List<String> readings = new ArrayList<>();
  private final Map<String, String> arguments = new TreeMap<>();

  private Candidates candidates = new Candidates(List.of());
  private boolean several;
  private double pictureConfidence = 1;
  private @Nullable Scored picture;
  private String device = "";
  private double deviceConfidence = 1;
  private List<Device> deviceOptions = List.of();

  Draft(Scene scene, Intent intent, double intentConfidence) {
    this.scene = scene;
    this.intent = intent;
    this.intentConfidence = intentConfidence;
  }

  static boolean needsPicture(Intent intent) {
    return !WITHOUT_PICTURE.contains(intent) && intent != Intent.NONE;
  }

  Draft reading(List<String> found) {
    readings.addAll(found);
    return this;
  }

  /** The pictures that may be meant; the best is, when it is clear enough. */
  Draft pictures(Candidates among, boolean severalMeant) {
    candidates = among;
    several = severalMeant;
    picture = among.best();
    pictureConfidence = severalMeant ? 0.3 : among.confidence();
    return this;
  }

  /** A picture that is settled. */
  Draft picture(Target target, double confidence) {
    picture = null;
    for (Moment moment : scene.timeline().images()) {
      Content.Image image = (Content.Image) moment.event().content();
      if (image.imageId().equals(target.id())) {
        picture = Scored.of(moment, image, 0, new TreeMap<>(Map.of("settled", 0.0)));
        candidates = new Candidates(List.of(picture));
      }
    }
    pictureConfidence = picture == null ? 0 : confidence;
    return this;
  }

  /** The device that has the picture; empty when there is none. */
  String pictureDevice() {
    return picture == null ? "" : picture.moment().event().deviceId();
  }

  Draft device(DeviceChoice choice) {
    device = choice.device();
    deviceConfidence = choice.confidence();
    deviceOptions = choice.options();
    return this;
  }

  Draft device(String id, double confidence) {
    device = id;
    deviceConfidence = confidence;
    return this;
  }

  Draft argument(String name, String value) {
    if (!value.isEmpty()) {
      arguments.put(name, value);
    }
    return this;
  }

  Draft arguments(Map<String, String> known) {
    arguments.putAll(known);
    arguments.remove("color");
    return this;
  }

  Outcome outcome() {
    boolean pictured = needsPicture(intent);
    double confidence = intentConfidence * deviceConfidence * (pictured ? pictureConfidence : 1);
    if (pictured && (picture == null || pictureConfidence < PICTURE)) {
      return askPicture(confidence);
    }
    Target target = pictured && picture != null ? picture.target() : null;
    if (intent == Intent.SET_LIGHT_COLOR && picture != null) {
      String color = Colors.salient(picture.image());
      if (color == null) {
        return askPicture(confidence * 0.5);
      }
      arguments.put("color", color);
    }
    if (device.isEmpty()) {
      return ask(target, confidence, Questions.whichDevice(deviceOptions), targets(deviceOptions));
    }
    String missing = missing();
    if (!missing.isEmpty()) {
      return ask(target, confidence * 0.5, missing, List.of());
    }
    if (confidence < GIVEN) {
      List<Target> meant = target == null ? List.of() : List.of(target);
      return ask(target, confidence, Questions.whether(intent), meant);
    }
    return new Outcome(
        Status.RESOLVED,
        intent,
        target,
        device,
        arguments,
        confidence,
        "",
        List.of(),
        null,
        readings,
        candidates.scored());
  }

  private String missing() {
    return switch (intent) {
      case SEND_TO -> arguments.containsKey("recipient") ? "" : Questions.recipient();
      case DIM -> arguments.containsKey("level") ? "" : Questions.level();
      case PLAY -> arguments.containsKey("query") ? "" : Questions.query();
      default -> "";
    };
  }

  private Outcome askPicture(double confidence) {
    List<Scored> options = several ? first(candidates.scored()) : candidates.options(MOST_OPTIONS);
    List<Target> targets = new ArrayList<>();
    for (Scored option : options) {
      targets.add(option.target());
    }
    String question = Questions.whichImage(options, scene.byId(), scene.zone());
    // Of devices that go with the picture none is known yet.
    boolean own = intent == Intent.SEND_TO || intent == Intent.DELETE || intent == Intent.FAVORITE;
    return new Outcome(
        Status.ASKED,
        intent,
        null,
        own ? "" : device,
        arguments,
        Math.min(confidence, GIVEN),
        question,
        targets,
        null,
        readings,
        candidates.scored());
  }

  private static List<Scored> first(List<Scored> scored) {
    return scored.subList(0, Math.min(MOST_OPTIONS, scored.size()));
  }

  private static List<Target> targets(List<Device> devices) {
    List<Target> targets = new ArrayList<>();
    for (Device option : devices) {
      targets.add(Target.device(option.id()));
    }
    return targets;
  }

  private Outcome ask(
      @Nullable Target target, double confidence, String question, List<Target> options) {
    return new Outcome(
        Status.ASKED,
        intent,
        target,
        device,
        arguments,
        Math.min(confidence, GIVEN),
        question,
        options,
        null,
        readings,
        candidates.scored());
  }
}
