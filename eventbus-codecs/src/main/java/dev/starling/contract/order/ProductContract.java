package dev.starling.contract.order;

import dev.starling.bus.Address;
import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import dev.starling.contract.order.OrderEvents.Money;
import java.util.List;

/**
 * What others may know of the products that are sold: told as an event when there is a new one, and
 * asked for. A product's name and price never change.
 */
public final class ProductContract {
  public static final String SERVICE = "orders";

  /**
   * An event: a product is for sale from now on.
   *
   * <p>Its subject is the SKU, its aggregate {@code product/<sku>}, its owner nobody's id, which is
   * all zeros. Its data is a JSON object with the fields of {@link Product} in {@code snake_case};
   * there may be more of them, and consumers ignore what they do not know.
   */
  public static final String LISTED = "dev.starling.product.listed";

  /**
   * Finds a product.
   *
   * <p>Address {@code orders/find-product.v1}; {@link Find} → {@link Found} | {@link Absent}. Safe
   * to retry. Fails as {@code UNAVAILABLE} when no database answers.
   */
  public static final Address<Find, Finding> FIND =
      new Address<>(SERVICE, "find-product.v1", new FindCodec(), new FindingCodec());

  /**
   * Lists products in the order of their SKUs' bytes.
   *
   * <p>Address {@code orders/list-products.v1}; {@link ListAfter} → {@link Products}. Safe to
   * retry. Fails as {@code UNAVAILABLE} when the database does not answer.
   */
  public static final Address<ListAfter, Products> LIST =
      new Address<>(SERVICE, "list-products.v1", new ListAfterCodec(), new ProductsCodec());

  private ProductContract() {}

  /**
   * @param name for people, at most 200 characters
   * @param price of one piece
   */
  public record Product(String sku, String name, Money price) {}

  public record Find(String sku) {}

  public sealed interface Finding {}

  public record Found(Product product) implements Finding {}

  public record Absent() implements Finding {}

  /**
   * @param sku that the products come after; empty for the first ones
   * @param limit 1 to 1,000
   */
  public record ListAfter(String sku, int limit) {}

  /**
   * @param products fewer than were asked for when there are no more
   */
  public record Products(List<Product> products) {
    public Products {
      products = List.copyOf(products);
    }
  }

  private static void write(WireWriter out, Product product) {
    out.writeString(product.sku());
    out.writeString(product.name());
    out.writeVarLong(product.price().amount());
    out.writeString(product.price().currency());
  }

  private static Product read(WireReader in) {
    return new Product(
        in.readString(), in.readString(), new Money(in.readVarLong(), in.readString()));
  }

  private static final class FindCodec implements Codec<Find> {
    @Override
    public void encode(Find value, WireWriter out) {
      out.writeString(value.sku());
    }

    @Override
    public Find decode(WireReader in) {
      return new Find(in.readString());
    }
  }

  private static final class FindingCodec implements Codec<Finding> {
    @Override
    public void encode(Finding value, WireWriter out) {
      if (value instanceof Found found) {
        out.writeByte(0);
        write(out, found.product());
      } else if (value instanceof Absent) {
        out.writeByte(1);
      }
    }

    @Override
    public Finding decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 -> new Found(read(in));
        case 1 -> new Absent();
        default -> throw new MalformedFrameException("finding: " + kind + " (expected: 0..1)");
      };
    }
  }

  private static final class ListAfterCodec implements Codec<ListAfter> {
    @Override
    public void encode(ListAfter value, WireWriter out) {
      out.writeString(value.sku());
      out.writeVarInt(value.limit());
    }

    @Override
    public ListAfter decode(WireReader in) {
      return new ListAfter(in.readString(), in.readVarInt());
    }
  }

  private static final class ProductsCodec implements Codec<Products> {
    @Override
    public void encode(Products value, WireWriter out) {
      out.writeAll(value.products(), ProductContract::write);
    }

    @Override
    public Products decode(WireReader in) {
      return new Products(in.readAll(ProductContract::read));
    }
  }
}
