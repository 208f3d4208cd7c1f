package dev.starling.similaritems;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.order.ProductContract.Product;
import dev.starling.contract.vectors.VectorsContract.Match;
import dev.starling.contract.vectors.VectorsContract.Matches;
import dev.starling.contract.vectors.VectorsContract.Text;
import dev.starling.sdk.Json;
import dev.starling.sdk.VectorCollection;
import dev.starling.sdk.VectorsRefused;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The collection of products, which is made when it is first needed. Confined to the context of its
 * instance.
 *
 * <p>Futures fail as those of {@link VectorCollection} do, and as {@code UNAVAILABLE} when the
 * collection was removed meanwhile; the next call makes it again.
 */
final class ProductIndex {
  private final VectorCollection collection;
  private boolean made;

  ProductIndex(VectorCollection collection) {
    this.collection = collection;
  }

  /**
   * @param products different ones, at most 1,000
   */
  Future<Void> add(List<Product> products, CallContext context) {
    return ready(context)
        .compose(
            ready -> collection.upsert(products.stream().map(ProductPoint::of).toList(), context))
        .recover(this::gone);
  }

  /**
   * Which of these are not in it.
   *
   * @param products at most 64
   */
  Future<List<Product>> missing(List<Product> products, CallContext context) {
    var filter = Json.MAPPER.createObjectNode();
    products.forEach(product -> filter.withArray(ProductPoint.SKU).add(product.sku()));
    return ready(context)
        .compose(ready -> collection.some(products.size(), filter.toString(), context))
        .map(
            found -> {
              if (found.partial()) {
                throw new BusException(
                    ErrorCode.UNAVAILABLE, "a part of the collection cannot be searched");
              }
              Set<String> there =
                  found.matches().stream().map(Match::id).collect(Collectors.toSet());
              return products.stream().filter(one -> !there.contains(one.sku())).toList();
            })
        .recover(this::gone);
  }

  /** The nearest by name; the product itself is among them when it is there. */
  Future<Matches> near(Product product, int count, CallContext context) {
    return ready(context)
        .compose(ready -> collection.search(new Text(product.name()), count, "", context))
        .recover(this::gone);
  }

  private Future<Void> ready(CallContext context) {
    return made
        ? Future.succeededFuture()
        : collection.create(context).onSuccess(done -> made = true);
  }

  private <T> Future<T> gone(Throwable failure) {
    if (failure instanceof VectorsRefused refused && refused.isAbsent()) {
      made = false;
      return Future.failedFuture(new BusException(ErrorCode.UNAVAILABLE, failure.getMessage()));
    }
    return Future.failedFuture(failure);
  }
}
