package dev.starling.faq;

import dev.starling.bus.CallContext;
import dev.starling.bus.Priority;
import dev.starling.bus.TraceContext;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.vectors.VectorsContract.Text;
import dev.starling.faq.Decision.Known;
import dev.starling.faq.Decision.Unknown;
import dev.starling.sdk.BusReplies;
import dev.starling.sdk.Call;
import dev.starling.sdk.Instances;
import dev.starling.sdk.Operations;
import dev.starling.sdk.Reply;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.sdk.UntilDone;
import dev.starling.sdk.VectorCollection;
import dev.starling.sdk.VectorsRefused;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Answers questions, and sees to it that the entries can be found. */
public final class FaqVerticle extends ServiceVerticle {
  /** Who owns the collection; the service's, for good. */
  static final UUID OWNER = UUID.fromString("8f3b1c52-0d0e-4c1b-9a55-6c1f5f0fa900");

  private static final String SECTION = "faq";

  /** Of one step of bringing the collection up to date: the model makes vectors of 32 texts. */
  private static final Duration STEP = Duration.ofSeconds(30);

  /** More than one, since others may have points of their own there. */
  private static final int NEIGHBOURS = 10;

  private static final String AWAY = "the knowledge base cannot be searched now";

  private FaqConfig config = FaqConfig.defaults();
  private @Nullable KnowledgeBase base;
  private @Nullable VectorCollection points;
  private @Nullable UntilDone sync;
  private boolean ready;

  @Override
  public Map<String, Record> settings() {
    return Map.of(SECTION, FaqConfig.defaults());
  }

  /** It waits for others most of the time. */
  @Override
  public Instances defaultInstances() {
    return new Instances(1);
  }

  @Override
  protected void declare(Operations on) {
    on.post("/v1/faq/ask", NewQuestion.class, AnswerView.class, this::ask)
        .id("faq.ask")
        .summary("Answers a question about Starling, or says that it does not know")
        .safeToRetry();
  }

  @Override
  protected Future<?> open() {
    config = node().config(SECTION, FaqConfig.defaults());
    String path = config.knowledgeBase();
    return vertx
        .executeBlocking(() -> KnowledgeBase.read(path), false)
        .onSuccess(this::begin)
        .mapEmpty();
  }

  private void begin(KnowledgeBase read) {
    VectorCollection own =
        new VectorCollection(bus(), OWNER, config.collection(), config.dimension());
    PointSync once = new PointSync(read, own, FaqVerticle::step);
    UntilDone keep =
        new UntilDone(
            vertx, "Making the FAQ searchable", () -> once.run().onSuccess(done -> ready = true));
    base = read;
    points = own;
    sync = keep;
    keep.begin();
  }

  @Override
  protected Future<?> shut() {
    if (sync != null) {
      sync.close();
    }
    return Future.succeededFuture();
  }

  private Future<Reply<AnswerView>> ask(Call call, NewQuestion asked) {
    if (!ready) {
      return refuse(Refusal.NOT_EXECUTED, AWAY);
    }
    return open(points)
        .search(new Text(asked.question()), NEIGHBOURS, "", call.context())
        .map(found -> answer(Decision.of(found, open(base), config.threshold())))
        .recover(this::refusal);
  }

  private Reply<AnswerView> answer(Decision decision) {
    if (decision instanceof Known known) {
      count("answered");
      return Reply.ok(AnswerView.known(known.entry(), known.score()));
    }
    if (decision instanceof Unknown unknown) {
      count("unknown");
      return Reply.ok(AnswerView.unknown(unknown.score()));
    }
    return Reply.refused(Refusal.NOT_EXECUTED, "a part of the knowledge base cannot be searched");
  }

  private Future<Reply<AnswerView>> refusal(Throwable failure) {
    if (failure instanceof VectorsRefused refused && refused.isAbsent()) {
      // Somebody has removed it.
      ready = false;
      open(sync).begin();
      return refuse(Refusal.NOT_EXECUTED, AWAY);
    }
    return BusReplies.refusal(failure, AWAY);
  }

  private void count(String outcome) {
    node().meters().counter("faq.questions", "outcome", outcome).increment();
  }

  private static CallContext step() {
    return CallContext.expiringAt(
            System.nanoTime() + STEP.toNanos(), TraceContext.start(ThreadLocalRandom.current()))
        .withPriority(Priority.SHEDDABLE);
  }

  private static <T> T open(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("not open");
    }
    return part;
  }
}
