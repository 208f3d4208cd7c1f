package dev.starling.similaritems;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.contract.order.ProductContract;
import dev.starling.contract.order.ProductContract.ListAfter;
import dev.starling.contract.order.ProductContract.Product;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.function.Supplier;

/**
 * Walks through all products that orders has, and adds those that are missing: what was for sale
 * before this service ran. What is there costs a look for each page, and no model. An attempt that
 * fails goes on where it was. Confined to one context.
 */
final class CatchUp {
  /** As many SKUs as a filter may have. */
  private static final int PAGE = 64;

  private final Bus bus;
  private final ProductIndex index;
  private final Supplier<CallContext> contexts;
  private String after = "";

  /**
   * @param contexts one for each call, with its deadline
   */
  CatchUp(Bus bus, ProductIndex index, Supplier<CallContext> contexts) {
    this.bus = bus;
    this.index = index;
    this.contexts = contexts;
  }

  Future<Void> run() {
    Promise<Void> done = Promise.promise();
    next(done);
    return done.future();
  }

  /** A promise, for a chain of futures would be as deep as there are pages. */
  private void next(Promise<Void> done) {
    bus.call(ProductContract.LIST, new ListAfter(after, PAGE), contexts.get())
        .compose(
            page ->
                page.products().isEmpty()
                    ? Future.succeededFuture(true)
                    : add(page.products()).map(page.products().size() < PAGE))
        .onComplete(
            step -> {
              if (step.failed()) {
                done.fail(step.cause());
              } else if (step.result()) {
                done.complete();
              } else {
                next(done);
              }
            });
  }

  private Future<Void> add(List<Product> products) {
    return index
        .missing(products, contexts.get())
        .compose(
            missing ->
                missing.isEmpty()
                    ? Future.<Void>succeededFuture()
                    : index.add(missing, contexts.get()))
        .onSuccess(added -> after = products.get(products.size() - 1).sku());
  }
}
