package dev.starling.inference.vetting;

import static dev.starling.inference.vetting.ProtoReader.repeated;

import com.google.protobuf.WireFormat;
import dev.starling.inference.vetting.TypeScan.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks through graphs, their nodes, and the graphs inside of those. */
final class GraphScan {
  /** Of the outermost graph; a model has a handful. */
  private static final int MAX_VALUES = 256;

  private final ProtoReader in;
  private final Limits limits;
  private final TensorScan tensors;
  private final TypeScan types;
  private final Domains domains;
  private int nodes;
  private long nameBytes;

  GraphScan(ProtoReader in, Limits limits, Domains domains) {
    this.in = in;
    this.limits = limits;
    this.domains = domains;
    this.tensors = new TensorScan(in, limits);
    this.types = new TypeScan(in);
  }

  /** What the outermost graph takes and gives. */
  record Ends(List<Value> inputs, List<Value> outputs) {}

  /** The {@code GraphProto} of a model. */
  Ends outermost() throws IOException {
    List<Value> inputs = new ArrayList<>();
    List<Value> outputs = new ArrayList<>();
    Set<String> held = new HashSet<>();
    graph("graph", inputs, outputs, held);
    // Before IR version 4 what the file holds a value for stands among the inputs too.
    inputs.removeIf(input -> held.contains(input.name()));
    return new Ends(inputs, outputs);
  }

  private void inner(String field) throws IOException {
    graph(field, new ArrayList<>(), new ArrayList<>(), null);
  }

  private void graph(
      String field, List<Value> inputs, List<Value> outputs, @Nullable Set<String> held)
      throws IOException {
    in.enter(field, repeated(1, 5, 11, 12, 13, 14, 15, 16));
    for (int next = in.next(); next != 0; next = in.next()) {
      switch (next) {
        case 1 -> node();
        case 5 -> hold(held, tensors.tensor("initializer").name());
        case 15 -> hold(held, tensors.sparse("sparse_initializer").name());
        case 11 -> add(inputs, types.value("input"));
        case 12 -> add(outputs, types.value("output"));
        case 13 -> types.value("value_info");
        case 2, 10, 14, 16 -> in.skip();
        default -> throw in.unknown();
      }
    }
  }

  /** A {@code FunctionProto}. */
  void function() throws IOException {
    in.enter("functions", repeated(4, 5, 6, 7, 9, 11, 12, 14));
    String name = "";
    String domain = "";
    String overload = "";
    for (int next = in.next(); next != 0; next = in.next()) {
      switch (next) {
        case 1 -> name = in.text();
        case 10 -> domain = in.text();
        case 13 -> overload = in.text();
        case 7 -> node();
        case 9 -> operators();
        case 11 -> attribute("attribute_proto");
        case 12 -> types.value("value_info");
        case 4, 5, 6, 8, 14 -> in.skip();
        default -> throw in.unknown();
      }
    }
    domains.defines(domain, name, overload);
    remember(name.length() + domain.length());
  }

  /** An {@code OperatorSetIdProto}. */
  void operators() throws IOException {
    in.enter("opset_import", 0);
    String domain = "";
    long version = 0;
    for (int next = in.next(); next != 0; next = in.next()) {
      switch (next) {
        case 1 -> domain = in.text();
        case 2 -> version = in.varint();
        default -> throw in.unknown();
      }
    }
    domains.imports(domain, version);
    remember(domain.length());
  }

  private void node() throws IOException {
    in.enter("node", repeated(1, 2, 5, 9));
    if (++nodes > limits.nodes()) {
      throw in.refusal("nodes: more than " + limits.nodes());
    }
    String operator = "";
    String domain = "";
    String overload = "";
    for (int next = in.next(); next != 0; next = in.next()) {
      switch (next) {
        case 4 -> operator = in.text();
        case 7 -> domain = in.text();
        case 8 -> overload = in.text();
        case 5 -> attribute("attribute");
        case 1, 2, 3, 6, 9 -> in.skip();
        case 10 ->
            throw in.refusal("device_configurations (expected: none, it runs on one device)");
        default -> throw in.unknown();
      }
    }
    domains.uses(domain, operator, overload);
    if (!Domains.isStandard(domain)) {
      remember(operator.length() + domain.length());
    }
  }

  private void attribute(String field) throws IOException {
    in.enter(field, repeated(7, 8, 9, 10, 11, 15, 23));
    for (int next = in.next(); next != 0; next = in.next()) {
      switch (next) {
        case 2 -> in.skipNumbers(WireFormat.WIRETYPE_FIXED32);
        case 3, 20 -> in.varint();
        case 5 -> tensors.tensor("t");
        case 10 -> tensors.tensor("tensors");
        case 22 -> tensors.sparse("sparse_tensor");
        case 23 -> tensors.sparse("sparse_tensors");
        case 6 -> inner("g");
        case 11 -> inner("graphs");
        case 14 -> types.type("tp");
        case 15 -> types.type("type_protos");
        case 7 -> in.skipNumbers(WireFormat.WIRETYPE_FIXED32);
        case 8 -> in.skipNumbers(WireFormat.WIRETYPE_VARINT);
        case 1, 4, 9, 13, 21 -> in.skip();
        default -> throw in.unknown();
      }
    }
  }

  private void add(List<Value> values, Value value) {
    if (values.size() == MAX_VALUES) {
      throw in.refusal("inputs or outputs: more than " + MAX_VALUES);
    }
    values.add(value);
  }

  private void hold(@Nullable Set<String> held, String name) {
    if (held != null) {
      remember(name.length());
      held.add(name);
    }
  }

  /** Everything that is kept counts, with what an entry of a table costs besides. */
  private void remember(int length) {
    nameBytes += length + Long.BYTES * 8L;
    if (nameBytes > limits.nameBytes()) {
      throw in.refusal("names: more than " + limits.nameBytes() + " bytes of them");
    }
  }
}
