package dev.starling.textfeatures;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.features.TextFeaturesContract;
import dev.starling.contract.features.TextFeaturesContract.AllFeatures;
import dev.starling.contract.features.TextFeaturesContract.EmbedTexts;
import dev.starling.contract.features.TextFeaturesContract.TextFeatures;
import dev.starling.contract.inference.ModelContract;
import dev.starling.contract.inference.ModelContract.ModelRecord;
import dev.starling.contract.inference.ModelContract.NodeModels;
import dev.starling.contract.inference.ModelContract.State;
import dev.starling.sdk.Instances;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes vectors of texts for other services. */
public final class TextFeaturesVerticle extends ServiceVerticle {
  static final String SECTION = "text-features";

  private @Nullable TextVectors vectors;

  @Override
  public Map<String, Record> settings() {
    return Map.of(SECTION, TextFeaturesConfig.defaults());
  }

  /** It waits for the model most of the time, and what one remembers another would ask for. */
  @Override
  public Instances defaultInstances() {
    return new Instances(1);
  }

  @Override
  protected Future<?> open() {
    TextFeaturesConfig config = node().config(SECTION, TextFeaturesConfig.defaults());
    TextMeters meters =
        node().shared("text-features:meters", () -> new TextMeters(node().meters()));
    EmbeddingModel model = new EmbeddingModel(bus(), config.model());
    VectorCache cache = new VectorCache(config.cacheBytes(), meters::remembered);
    TextVectors texts = new TextVectors(model::embed, config, cache, meters, System::nanoTime);
    vectors = texts;
    return Future.all(
        serve(TextFeaturesContract.EMBED, (request, call) -> texts.embed(request.text(), call)),
        serve(TextFeaturesContract.EMBED_ALL, (request, call) -> all(texts, request, call)),
        subscribe(ModelContract.MODELS, models -> follow(models, config.model(), model, cache)));
  }

  @Override
  protected Future<?> shut() {
    if (vectors != null) {
      vectors.close();
    }
    return Future.succeededFuture();
  }

  private static Future<AllFeatures> all(TextVectors texts, EmbedTexts request, CallContext call) {
    int count = request.texts().size();
    if (count > TextFeaturesContract.MAX_TEXTS) {
      return Future.failedFuture(
          new BusException(
              ErrorCode.INVALID_ARGUMENT,
              "texts: " + count + " (expected: <= " + TextFeaturesContract.MAX_TEXTS + ")"));
    }
    List<Future<TextFeatures>> answers =
        request.texts().stream().map(text -> texts.embed(text, call)).toList();
    return Future.all(answers)
        .map(done -> new AllFeatures(answers.stream().map(Future::result).toList()));
  }

  /** A node says what answers there: what is remembered must not outlive the version it is of. */
  private static void follow(
      NodeModels models, String name, EmbeddingModel model, VectorCache cache) {
    for (ModelRecord record : models.models()) {
      if (record.name().equals(name) && record.preferred() && record.state() == State.READY) {
        cache.serves(model.marked(record.version()));
      }
    }
  }
}
