package dev.starling.similaritems;

import dev.starling.bus.CallContext;
import dev.starling.bus.Priority;
import dev.starling.bus.TraceContext;
import dev.starling.contract.event.EventContract;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.order.ProductContract;
import dev.starling.contract.order.ProductContract.Find;
import dev.starling.contract.order.ProductContract.Found;
import dev.starling.postgres.outbox.BookingDelay;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.BusReplies;
import dev.starling.sdk.Call;
import dev.starling.sdk.Instances;
import dev.starling.sdk.Operations;
import dev.starling.sdk.Reply;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.sdk.UntilDone;
import dev.starling.sdk.VectorCollection;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Keeps a vector of each product, and finds those that are near. */
public final class SimilarItemsVerticle extends ServiceVerticle {
  /** Who owns the collection; the service's, for good. */
  static final UUID OWNER = UUID.fromString("5b0f2f39-6a4e-4d55-8a53-1d6b3c07a900");

  private static final String SECTION = "similar-items";

  /** Of one step of catching up: the model makes vectors of 64 names. */
  private static final Duration STEP = Duration.ofSeconds(30);

  private @Nullable ProductIndex index;
  private @Nullable UntilDone catchUp;

  @Override
  public Map<String, Record> settings() {
    return Map.of(SECTION, SimilarItemsConfig.defaults());
  }

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Shards.class);
  }

  /** It waits for others most of the time. */
  @Override
  public Instances defaultInstances() {
    return new Instances(1);
  }

  @Override
  protected void declare(Operations on) {
    on.get("/v1/products/{sku}/similar", SimilarItemsView.class, this::similar)
        .id("similar-items.get")
        .summary("Shows products whose names are near in meaning, the nearest first")
        .path(ProductPath.class)
        .query(SimilarItemsQuery.class)
        .refuses(Refusal.ABSENT);
  }

  @Override
  protected Future<?> open() {
    SimilarItemsConfig config = node().config(SECTION, SimilarItemsConfig.defaults());
    Shards shards = node().resource(Shards.class);
    ProductIndex products =
        new ProductIndex(
            new VectorCollection(bus(), OWNER, config.collection(), config.dimension()));
    index = products;
    CatchUp walk = new CatchUp(bus(), products, SimilarItemsVerticle::step);
    UntilDone keep = new UntilDone(vertx, "Catching up with the products", walk::run);
    catchUp = keep;
    Listing listing = new Listing(products);
    return Outbox.prepare(node(), shards)
        .compose(
            prepared ->
                node()
                    .once(
                        "similar-items:subscribed",
                        () -> Outbox.subscribe(shards, name(), Set.of(ProductContract.LISTED))))
        .compose(
            subscribed ->
                serve(
                    EventContract.deliver(name()),
                    BookingDelay.measured(node(), name(), listing::receive)))
        // Only now, so that nothing falls between what is walked through and what is told.
        .onSuccess(served -> keep.begin());
  }

  @Override
  protected Future<?> shut() {
    if (catchUp != null) {
      catchUp.close();
    }
    return Future.succeededFuture();
  }

  private Future<Reply<SimilarItemsView>> similar(Call call) {
    String sku = call.path(ProductPath.class).sku();
    int limit = call.query(SimilarItemsQuery.class).limit();
    return bus()
        .call(ProductContract.FIND, new Find(sku), call.context())
        .compose(
            finding ->
                finding instanceof Found found
                    ? open(index)
                        // One more, since the nearest is the product itself.
                        .near(found.product(), limit + 1, call.context())
                        .map(matches -> Reply.ok(SimilarItemsView.of(matches, sku, limit)))
                    : ServiceVerticle.<SimilarItemsView>refuse(
                        Refusal.ABSENT, "there is no such product"))
        .recover(failure -> BusReplies.refusal(failure, "products cannot be compared now"));
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
