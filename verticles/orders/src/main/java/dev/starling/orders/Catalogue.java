package dev.starling.orders;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.order.ProductContract.Absent;
import dev.starling.contract.order.ProductContract.Find;
import dev.starling.contract.order.ProductContract.Finding;
import dev.starling.contract.order.ProductContract.Found;
import dev.starling.contract.order.ProductContract.ListAfter;
import dev.starling.contract.order.ProductContract.Products;
import dev.starling.postgres.SqlException;
import dev.starling.postgres.SqlReplies;
import dev.starling.postgres.shards.Freshness;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Call;
import dev.starling.sdk.Reply;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers what clients ask of products. Confined to the context of its instance.
 *
 * <p>A product is made in every shard, one transaction for each database; the one with shard 0
 * comes first and decides between two that make the same product differently. What was interrupted
 * is completed by asking again.
 */
final class Catalogue {
  private static final int MAX_PAGE = 1_000;

  private final Shards shards;
  private final ProductStore products;
  private final Stock stock;
  private final ProductNews news;
  private final OrdersConfig config;

  /** The SKU belongs to another product. It has no stack trace. */
  private static final class Taken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Taken() {
      super("the SKU belongs to another product", null, false, false);
    }
  }

  Catalogue(
      Shards shards, ProductStore products, Stock stock, ProductNews news, OrdersConfig config) {
    this.shards = shards;
    this.products = products;
    this.stock = stock;
    this.news = news;
    this.config = config;
  }

  Future<Reply<ProductView>> create(Call call, NewProduct product) {
    List<List<Integer>> databases = List.copyOf(shards.placement().byDatabase().values());
    return make(call, product, databases.get(0))
        .compose(
            first ->
                Future.join(
                        databases.stream().skip(1).map(own -> make(call, product, own)).toList())
                    .map(all -> created(product))
                    .recover(Catalogue::incomplete))
        .recover(Catalogue::refusal);
  }

  Future<Reply<ProductView>> get(Call call) {
    String sku = call.path(ProductPath.class).sku();
    return find(call.context(), sku)
        .compose(
            product ->
                product == null
                    ? Future.succeededFuture(Catalogue.absent())
                    : stock
                        .total(sku, (shard, look) -> look(call, shard, look))
                        .map(total -> Reply.ok(view(product, total))))
        .recover(SqlReplies::refusal);
  }

  private Future<StockStore.Level> look(Call call, int shard, Stock.Look look) {
    return shards.read(shard, Freshness.within(config.maxStaleness()), remaining(call), look::on);
  }

  private Future<Void> make(Call call, NewProduct product, List<Integer> own) {
    long[] shares = StockSlices.spread(product.stock(), Shards.COUNT, product.sku().hashCode());
    return shards.transact(
        own.get(0),
        remaining(call),
        connection ->
            products
                .create(connection, own, product, shares)
                .compose(
                    made -> {
                      if (!made.same()) {
                        return Future.failedFuture(new Taken());
                      }
                      // Where it is decided it is also told, once.
                      return made.isNew() && own.get(0) == ProductNews.SHARD
                          ? news.listed(connection, product, call.context())
                          : Future.<Void>succeededFuture();
                    }));
  }

  /** What others ask of one product. */
  Future<Finding> find(Find request, CallContext context) {
    return find(context, request.sku())
        .<Finding>map(found -> found == null ? new Absent() : new Found(ProductNews.told(found)))
        .recover(Catalogue::failure);
  }

  /** What others ask of all of them; the shard that decides has them all. */
  Future<Products> list(ListAfter request, CallContext context) {
    if (request.limit() < 1 || request.limit() > MAX_PAGE) {
      return Future.failedFuture(
          new BusException(
              ErrorCode.INVALID_ARGUMENT,
              "limit: %d (expected: 1..%d)".formatted(request.limit(), MAX_PAGE)));
    }
    return shards
        .read(
            ProductNews.SHARD,
            Freshness.within(config.maxStaleness()),
            context.remaining(System.nanoTime()),
            connection ->
                products.page(connection, ProductNews.SHARD, request.sku(), request.limit()))
        .map(page -> new Products(page.stream().map(ProductNews::told).toList()))
        .recover(Catalogue::failure);
  }

  private static <T> Future<T> failure(Throwable failure) {
    return Future.failedFuture(
        failure instanceof SqlException
            ? new BusException(ErrorCode.UNAVAILABLE, "the database does not answer")
            : failure);
  }

  private Future<@Nullable NewProduct> find(CallContext context, String sku) {
    return find(context, sku, shards.placement().byDatabase().values().iterator());
  }

  /** From any database that answers. */
  private Future<@Nullable NewProduct> find(
      CallContext context, String sku, Iterator<List<Integer>> databases) {
    int shard = databases.next().get(0);
    return shards
        .read(
            shard,
            Freshness.within(config.maxStaleness()),
            context.remaining(System.nanoTime()),
            connection -> products.bySku(connection, shard, sku))
        .recover(
            failure ->
                failure instanceof SqlException && databases.hasNext()
                    ? find(context, sku, databases)
                    : Future.failedFuture(failure));
  }

  private static Reply<ProductView> created(NewProduct product) {
    return Reply.created(
        new ProductView(product.sku(), product.name(), product.price(), product.stock(), null),
        "/v1/products/" + product.sku());
  }

  private static ProductView view(NewProduct product, Stock.Total total) {
    return new ProductView(
        product.sku(),
        product.name(),
        product.price(),
        total.level().available() + total.level().sent(),
        total.complete() ? null : Boolean.TRUE);
  }

  /** Some shards have the product and others may not. */
  private static Future<Reply<ProductView>> incomplete(Throwable failure) {
    return failure instanceof SqlException
        ? Future.succeededFuture(
            Reply.refused(
                Refusal.UNKNOWN_OUTCOME,
                "not every shard has the product yet; repeat the request to complete it"))
        : Future.failedFuture(failure);
  }

  private static Future<Reply<ProductView>> refusal(Throwable failure) {
    return failure instanceof Taken
        ? Future.succeededFuture(
            Reply.refused(
                Refusal.CONFLICT,
                "sku-taken",
                "the SKU belongs to a product with another name, price or initial stock"))
        : SqlReplies.refusal(failure);
  }

  private static Reply<ProductView> absent() {
    return Reply.refused(Refusal.ABSENT, "there is no such product");
  }

  private static Duration remaining(Call call) {
    return call.context().remaining(System.nanoTime());
  }
}
