package dev.starling.similaritems;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.contract.order.ProductContract;
import dev.starling.contract.order.ProductContract.Product;
import dev.starling.postgres.outbox.EventData;
import dev.starling.postgres.outbox.EventRefused;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Takes the events of new products. A product is stored under its SKU, so one that is told of again
 * is what it was; nothing needs to be remembered. Confined to the context of its instance.
 */
final class Listing {
  private static final UUID NOBODY = new UUID(0, 0);

  private final ProductIndex index;

  Listing(ProductIndex index) {
    this.index = index;
  }

  /**
   * Takes a batch. Fails as {@link ErrorCode#UNAVAILABLE} when vectors or their model are away:
   * that is no fault of the events, and does not count as one.
   */
  Future<Receipt> receive(EventBatch batch, CallContext context) {
    Settled[] settled = new Settled[batch.events().size()];
    Map<String, Product> products = new LinkedHashMap<>();
    List<Integer> places = new ArrayList<>();
    for (int place = 0; place < settled.length; place++) {
      Event event = batch.events().get(place);
      settled[place] = Settled.DONE;
      if (event.type().equals(ProductContract.LISTED)) {
        try {
          Product product = read(event, batch.shard());
          products.put(product.sku(), product);
          places.add(place);
        } catch (EventRefused refused) {
          settled[place] = new Settled(Verdict.NEVER, String.valueOf(refused.getMessage()));
        }
      }
    }
    if (products.isEmpty()) {
      return Future.succeededFuture(new Receipt(Arrays.asList(settled)));
    }
    return index
        .add(List.copyOf(products.values()), context)
        .recover(
            failure -> {
              if (failure instanceof BusException known
                  && known.code() != ErrorCode.INTERNAL
                  && known.code() != ErrorCode.INVALID_ARGUMENT) {
                return Future.failedFuture(
                    new BusException(ErrorCode.UNAVAILABLE, String.valueOf(known.getMessage())));
              }
              // What failed once is sent alone the next time, so one keeps no other from it for
              // long.
              Settled later = new Settled(Verdict.LATER, String.valueOf(failure.getMessage()));
              places.forEach(place -> settled[place] = later);
              return Future.succeededFuture();
            })
        .map(done -> new Receipt(Arrays.asList(settled)));
  }

  private static Product read(Event event, int shard) {
    Product product = EventData.read(event, shard, Product.class, data -> NOBODY);
    if (product.sku().isBlank() || product.name().isBlank()) {
      throw new EventRefused("the product has no SKU or no name (expected: both)");
    }
    return product;
  }
}
