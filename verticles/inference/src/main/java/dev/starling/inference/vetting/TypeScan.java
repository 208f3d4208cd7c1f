package dev.starling.inference.vetting;

import static dev.starling.inference.vetting.ProtoReader.repeated;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks through the types that a file gives to values. */
final class TypeScan {
  private static final int MAX_RANK = 32;

  private final ProtoReader in;

  TypeScan(ProtoReader in) {
    this.in = in;
  }

  /** A named value and its type. */
  record Value(String name, Type type) {}

  /**
   * @param kind of what it is, e.g. {@code tensor}
   * @param element of a tensor
   * @param shape of a tensor; null when it is not told
   */
  record Type(String kind, ElementType element, @Nullable List<Long> shape) {
    static final Type UNTOLD = new Type("nothing", ElementType.UNDEFINED, null);

    private static Type other(String kind) {
      return new Type(kind, ElementType.UNDEFINED, null);
    }
  }

  /** A {@code ValueInfoProto}. */
  Value value(String field) throws IOException {
    in.enter(field, repeated(4));
    String name = "";
    Type type = Type.UNTOLD;
    for (int next = in.next(); next != 0; next = in.next()) {
      switch (next) {
        case 1 -> name = in.text();
        case 2 -> type = type("type");
        case 3, 4 -> in.skip();
        default -> throw in.unknown();
      }
    }
    return new Value(name, type);
  }

  /** A {@code TypeProto}. */
  Type type(String field) throws IOException {
    in.enter(field, 0);
    Type type = Type.UNTOLD;
    for (int next = in.next(); next != 0; next = in.next()) {
      if (!type.equals(Type.UNTOLD) && next != 6) {
        throw in.refusal("two types (expected: one)");
      }
      switch (next) {
        case 1 -> type = tensor("tensor_type");
        case 4 -> type = nested("sequence_type", "a sequence", 1);
        case 5 -> type = nested("map_type", "a map", 2);
        case 6 -> in.skip();
        case 8 -> {
          tensor("sparse_tensor_type");
          type = Type.other("a sparse tensor");
        }
        case 9 -> type = nested("optional_type", "an optional", 1);
        case 7 -> throw in.refusal("an opaque type (expected: one of ONNX's own)");
        default -> throw in.unknown();
      }
    }
    return type;
  }

  /** A sequence, an optional, or a map, whose key has a number before its value's type. */
  private Type nested(String field, String kind, int valueField) throws IOException {
    in.enter(field, 0);
    for (int next = in.next(); next != 0; next = in.next()) {
      if (next == valueField) {
        type("value_type");
      } else if (next == 1) {
        in.varint();
      } else {
        throw in.unknown();
      }
    }
    return Type.other(kind);
  }

  private Type tensor(String field) throws IOException {
    in.enter(field, 0);
    long element = 0;
    @Nullable List<Long> shape = null;
    for (int next = in.next(); next != 0; next = in.next()) {
      switch (next) {
        case 1 -> element = in.varint();
        case 2 -> shape = shape();
        default -> throw in.unknown();
      }
    }
    return new Type("a tensor", ElementType.of(element), shape);
  }

  private List<Long> shape() throws IOException {
    in.enter("shape", repeated(1));
    List<Long> shape = new ArrayList<>();
    for (int next = in.next(); next != 0; next = in.next()) {
      if (next != 1) {
        throw in.unknown();
      }
      shape.add(dimension());
      if (shape.size() > MAX_RANK) {
        throw in.refusal("shape: rank > " + MAX_RANK);
      }
    }
    return shape;
  }

  private long dimension() throws IOException {
    in.enter("dim", 0);
    long length = -1;
    for (int next = in.next(); next != 0; next = in.next()) {
      switch (next) {
        case 1 -> length = in.varint();
        // A name and a number exclude each other; what comes last counts.
        case 2 -> {
          in.skip();
          length = -1;
        }
        case 3 -> in.skip();
        default -> throw in.unknown();
      }
    }
    return length;
  }
}
