package dev.starling.similaritems;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.starling.contract.order.OrderEvents.Money;
import dev.starling.contract.order.ProductContract.Product;
import dev.starling.contract.vectors.VectorsContract.Point;
import dev.starling.contract.vectors.VectorsContract.Text;
import dev.starling.sdk.Json;

/**
 * A product as a point: found by its name, with what is shown of it. Immutable.
 *
 * <p>The SKU is the point's id, and an attribute too, by which can be asked which ones are there.
 *
 * @param price in the currency's minor unit
 */
record ProductPoint(String sku, String name, long price, String currency) {
  /** Of a point's attributes, the one that says which product it is. */
  static final String SKU = "sku";

  static Point of(Product product) {
    ProductPoint shown =
        new ProductPoint(
            product.sku(), product.name(), product.price().amount(), product.price().currency());
    String attributes = new String(Json.toBytes(shown), UTF_8);
    return new Point(product.sku(), new Text(product.name()), attributes);
  }

  /** Reads what {@link #of} wrote. */
  static ProductPoint read(String attributes) {
    try {
      return Json.MAPPER.readValue(attributes, ProductPoint.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("attributes: unreadable (expected: as they were written)", e);
    }
  }

  Money money() {
    return new Money(price, currency);
  }
}
