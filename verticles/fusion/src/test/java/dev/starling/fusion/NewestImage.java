package dev.starling.fusion;

import dev.starling.fusion.core.Content;
import dev.starling.fusion.core.Decision;
import dev.starling.fusion.core.Decision.Candidate;
import dev.starling.fusion.core.Decision.Status;
import dev.starling.fusion.core.Decision.Target;
import dev.starling.fusion.core.FusionEvent;
import dev.starling.fusion.core.Intent;
import dev.starling.fusion.core.Resolver;
import dev.starling.fusion.core.Situation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Sets the picture that is newest as of the utterance as wallpaper, if the word occurs; asks if
 * "which" does, or if there are several for "only". Small, and pure like the real one; clocks are
 * taken as they are.
 */
final class NewestImage implements Resolver {
  private static final Comparator<FusionEvent> NEWEST_FIRST =
      Comparator.comparing(FusionEvent::time).reversed().thenComparing(FusionEvent::key);

  @Override
  public Set<String> wants(Situation situation) {
    return Set.of("a picture");
  }

  @Override
  public Decision decide(Situation situation) {
    FusionEvent utterance = situation.utterance();
    String said = ((Content.Utterance) utterance.content()).transcript();
    if (said.contains("break")) {
      throw new IllegalStateException("the core is broken on purpose");
    }
    List<FusionEvent> images =
        situation.events().stream()
            .filter(event -> event.content() instanceof Content.Image)
            .filter(event -> !event.time().isAfter(utterance.time()))
            .sorted(NEWEST_FIRST)
            .toList();
    boolean isCommand = said.contains("wallpaper");
    boolean several = said.contains("only") && images.size() > 1;
    boolean asks = isCommand && (said.contains("which") || images.isEmpty() || several);
    Status status = !isCommand ? Status.NONE : asks ? Status.ASKED : Status.RESOLVED;
    boolean known =
        situation.devices().stream().anyMatch(device -> device.id().equals(utterance.deviceId()));
    List<Candidate> candidates = new ArrayList<>();
    for (FusionEvent image : images) {
      candidates.add(
          new Candidate(
              image.key(),
              target(image),
              1.0 / (1 + candidates.size()),
              image.time().toEpochMilli(),
              Map.of("newness", 1.0 / (1 + candidates.size())),
              candidates.isEmpty() ? "" : "older"));
    }
    return new Decision(
        utterance.key(),
        status,
        isCommand ? Intent.SET_WALLPAPER : Intent.NONE,
        status == Status.RESOLVED ? target(images.get(0)) : null,
        status == Status.RESOLVED && known ? utterance.deviceId() : "",
        new TreeMap<>(said.contains("half") ? Map.of("level", "50") : Map.of()),
        status == Status.RESOLVED ? 0.9 : 0.5,
        asks ? "Which picture?" : "",
        asks ? images.stream().map(NewestImage::target).toList() : List.of(),
        null,
        new Decision.Explanation(
            new TreeMap<>(Map.of(isCommand ? Intent.SET_WALLPAPER : Intent.NONE, 1.0)),
            List.of("vectors: " + situation.vectors().size()),
            new TreeMap<>(),
            candidates));
  }

  private static Target target(FusionEvent event) {
    return Target.image(((Content.Image) event.content()).imageId());
  }
}
