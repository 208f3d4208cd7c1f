package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Decision;
import dev.starling.fusion.core.DecisionJson;
import dev.starling.fusion.core.EventTimeResolver;
import dev.starling.fusion.core.Resolver;
import dev.starling.fusion.evaluation.KeywordRules.Pictures;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Who is measured. */
final class Contestants {
  private Contestants() {}

  /** The one that the service uses. */
  static Optional<Resolver> own() {
    return Optional.of(EventTimeResolver.create());
  }

  /** What everybody who wants the same decision must agree about, to the byte. */
  static byte[] bytes(Decision decision) {
    return DecisionJson.bytes(decision);
  }

  /** By name. */
  static Map<String, Resolver> baselines() {
    Map<String, Resolver> baselines = new LinkedHashMap<>();
    baselines.put("keyword rules", new KeywordRules(Pictures.BY_KEYWORDS));
    baselines.put("most recent image", new KeywordRules(Pictures.MOST_RECENT));
    return baselines;
  }
}
