package dev.starling.openinference;

import dev.starling.bus.PieceBudget;
import dev.starling.contract.inference.ModelContract;
import dev.starling.contract.inference.ModelContract.ModelRecord;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.service.OperationRecord.ErrorShape;
import dev.starling.openinference.FoundModel.Missing;
import dev.starling.openinference.FoundModel.Ready;
import dev.starling.sdk.Call;
import dev.starling.sdk.Members;
import dev.starling.sdk.Operation;
import dev.starling.sdk.Operations;
import dev.starling.sdk.Reply;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Serves models over HTTP: the Open Inference Protocol, and OpenAI's embeddings. */
public final class OpenInferenceVerticle extends ServiceVerticle {
  private static final String SECTION = "open-inference";
  private static final String ADMIN = "admin";
  private static final String JSON = ProtocolReplies.JSON;

  private @Nullable KnownModels models;
  private @Nullable InferCalls inferences;
  private @Nullable EmbeddingCalls embeddings;
  private @Nullable Repository repository;

  @Override
  public Map<String, Record> settings() {
    return Map.of(SECTION, OpenInferenceConfig.defaults());
  }

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Members.class);
  }

  @Override
  protected void declare(Operations on) {
    OpenInferenceConfig config = configured(SECTION, OpenInferenceConfig.defaults());
    declareServer(on);
    for (String version : new String[] {"", "/versions/{version}"}) {
      declareModel(on, "/v2/models/{model}" + version, version.isEmpty() ? "" : "-version", config);
    }
    declareRepository(on, config);
    on.raw("POST", "/v1/embeddings", (call, body) -> opened(embeddings).embed(call, body))
        .id("open-inference.embeddings")
        .summary("Makes vectors of texts, as OpenAI's API has it")
        .takes(JSON, ProtocolSchemas.EMBEDDING_REQUEST)
        .gives(JSON, ProtocolSchemas.EMBEDDINGS)
        .safeToRetry()
        .cancellable()
        .deadline(config.deadline())
        .maxBodyBytes(embeddingBytes(config))
        .refuses(Refusal.ABSENT);
  }

  /** Texts as JSON may take six characters for one, and names and commas some more. */
  private static int embeddingBytes(OpenInferenceConfig config) {
    long most = 6L * config.maxTexts() * config.maxTextBytes() + 64 * 1024;
    return (int) Math.min(most, config.maxJsonBytes());
  }

  private void declareServer(Operations on) {
    protocol(on.raw("GET", "/v2", (call, none) -> json(ModelPages.server(version()))), "server")
        .summary("Tells what this server is and can do")
        .open()
        .gives(JSON, ProtocolSchemas.SERVER);
    protocol(on.raw("GET", "/v2/health/live", (call, none) -> json(ModelPages.yes("live"))), "live")
        .summary("Whether the server is there")
        .open()
        .gives(JSON, ProtocolSchemas.OBJECT);
    protocol(on.raw("GET", "/v2/health/ready", (call, none) -> ready()), "ready")
        .summary("Whether some node runs models")
        .open()
        .gives(JSON, ProtocolSchemas.OBJECT);
  }

  private void declareModel(Operations on, String path, String suffix, OpenInferenceConfig config) {
    protocol(on.raw("GET", path, (call, none) -> describe(call)), "model" + suffix)
        .summary("Tells what a model takes and gives")
        .gives(JSON, ProtocolSchemas.MODEL)
        .refuses(Refusal.ABSENT);
    protocol(
            on.raw("GET", path + "/ready", (call, none) -> modelReady(call)),
            "model-ready" + suffix)
        .summary("Whether a model can be asked")
        .gives(JSON, ProtocolSchemas.OBJECT)
        .refuses(Refusal.ABSENT);
    protocol(on.raw("POST", path + "/infer", this::infer), "infer" + suffix)
        .summary("Runs a model")
        .takes(JSON, ProtocolSchemas.INFER_REQUEST)
        .takes("application/octet-stream", "")
        .gives(JSON, ProtocolSchemas.INFER_ANSWER)
        .gives("application/octet-stream", "")
        .wants(InferCalls.HEAD_LENGTH, InferCalls.CONTENT_ENCODING)
        .safeToRetry()
        .cancellable()
        .deadline(config.deadline())
        .maxBodyBytes(config.maxBodyBytes())
        .refuses(Refusal.ABSENT, Refusal.UNSUPPORTED_MEDIA_TYPE);
  }

  private void declareRepository(Operations on, OpenInferenceConfig config) {
    protocol(
            on.raw(
                "POST",
                "/v2/repository/index",
                (call, body) -> opened(repository).index(call, body)),
            "index")
        .summary("Lists the models of the cluster")
        .scope(ADMIN)
        .safeToRetry()
        .takes(JSON, ProtocolSchemas.OBJECT)
        .gives(JSON, ProtocolSchemas.INDEX);
    protocol(
            on.raw(
                "POST",
                "/v2/repository/models/{model}/load",
                (call, body) -> opened(repository).load(call, body)),
            "load")
        .summary("Has a model loaded, or looked at again, on every node that runs models")
        .scope(ADMIN)
        .safeToRetry()
        .deadline(config.deadline())
        .takes(JSON, ProtocolSchemas.OBJECT)
        .gives(JSON, ProtocolSchemas.OBJECT)
        .refuses(Refusal.ABSENT, Refusal.UNKNOWN_OUTCOME);
    protocol(
            on.raw(
                "POST",
                "/v2/repository/models/{model}/unload",
                (call, body) -> opened(repository).unload(call, body)),
            "unload")
        .summary("Has a model unloaded on every node that runs models")
        .scope(ADMIN)
        .safeToRetry()
        .deadline(config.deadline())
        .takes(JSON, ProtocolSchemas.OBJECT)
        .gives(JSON, ProtocolSchemas.OBJECT)
        .refuses(Refusal.ABSENT, Refusal.UNKNOWN_OUTCOME);
  }

  private static Operation protocol(Operation operation, String name) {
    return operation.id("open-inference." + name).errors(ErrorShape.MESSAGE);
  }

  @Override
  protected Future<?> open() {
    OpenInferenceConfig config = node().config(SECTION, OpenInferenceConfig.defaults());
    Members members = node().resource(Members.class);
    KnownModels known = new KnownModels(members, bus(), System::nanoTime);
    OffLoop offLoop = new OffLoop(vertx);
    LargeInference inference =
        new LargeInference(
            vertx,
            bus(),
            members,
            node().shared("open-inference:large-answers", PieceBudget::ofHeap),
            config.maxBodyBytes());
    models = known;
    inferences = new InferCalls(known, inference, offLoop, config.maxJsonBytes());
    embeddings =
        new EmbeddingCalls(
            known,
            inference,
            offLoop,
            new EmbeddingRequest.Limits(config.maxTexts(), config.maxTextBytes()));
    repository = new Repository(known, bus());
    return subscribe(ModelContract.MODELS, known::heard);
  }

  private Future<Reply<byte[]>> ready() {
    return opened(models).serving().isEmpty()
        ? refuse(Refusal.NOT_EXECUTED, "no node runs models now")
        : json(ModelPages.yes("ready"));
  }

  private Future<Reply<byte[]>> describe(Call call) {
    return ask(call, ModelPages::model);
  }

  private Future<Reply<byte[]>> modelReady(Call call) {
    return ask(call, (view, ready) -> ModelPages.ready(view.name()));
  }

  private interface Page {
    byte[] of(ModelView view, ModelRecord ready);
  }

  private Future<Reply<byte[]>> ask(Call call, Page page) {
    return opened(models)
        .find(call.path("model"), version(call), call.context())
        .map(
            found ->
                found instanceof Ready ready
                    ? ProtocolReplies.json(page.of(ready.view(), ready.model()))
                    : ((Missing) found).reply());
  }

  private Future<Reply<byte[]>> infer(Call call, byte[] body) {
    return opened(inferences).infer(call, body, call.path("model"), version(call));
  }

  /** Empty when the path names none. */
  private static String version(Call call) {
    return call.pathNames().contains("version") ? call.path("version") : "";
  }

  private static Future<Reply<byte[]>> json(byte[] body) {
    return Future.succeededFuture(ProtocolReplies.json(body));
  }

  private static <T> T opened(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("not open");
    }
    return part;
  }
}
