package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Device.Kind;
import java.util.List;
import java.util.Map;

/** What devices are called that have no name of their own. */
public final class KindWords {
  private static final Map<Kind, List<String>> OF_KIND =
      Map.of(
          Kind.PHONE, List.of("phone"),
          Kind.TABLET, List.of("tablet"),
          Kind.TV, List.of("tv", "television"),
          Kind.FRAME, List.of("frame", "picture frame"),
          Kind.SPEAKER, List.of("speaker"),
          Kind.LIGHT, List.of("light", "lamp"),
          Kind.PRINTER, List.of("printer"));

  private KindWords() {}

  public static List<String> of(Kind kind) {
    return OF_KIND.get(kind);
  }
}
