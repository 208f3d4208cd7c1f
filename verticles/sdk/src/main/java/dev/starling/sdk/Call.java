package dev.starling.sdk;

import dev.starling.bus.CallContext;
import dev.starling.bus.Principal;
import dev.starling.contract.operation.OperationRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call of an operation, as its handler sees it. Immutable.
 *
 * <p>Parameters that were bound to a record have been validated; {@link #path(String)} gives the
 * text of any of them.
 */
public final class Call {
  private final OperationRequest request;
  private final CallContext context;
  private final List<String> pathNames;
  private final @Nullable Object path;
  private final @Nullable Object query;

  Call(
      OperationRequest request,
      CallContext context,
      List<String> pathNames,
      @Nullable Object path,
      @Nullable Object query) {
    this.request = request;
    this.context = context;
    this.pathNames = pathNames;
    this.path = path;
    this.query = query;
  }

  /** The same caller's next call, which ends then. */
  Call until(long deadlineNanos) {
    return new Call(request, context.withDeadline(deadlineNanos), pathNames, path, query);
  }

  /** The deadline, trace and priority, to be passed on to whatever the handler calls. */
  public CallContext context() {
    return context;
  }

  public Principal principal() {
    return context.principal();
  }

  /** The caller's IP address as text. */
  public String clientAddress() {
    return request.clientAddress();
  }

  /** The value of a path parameter, decoded. */
  public String path(String name) {
    int index = pathNames.indexOf(name);
    if (index < 0 || index >= request.path().size()) {
      throw new IllegalArgumentException(
          "path parameter: " + name + " (expected one of: " + pathNames + ")");
    }
    return request.path().get(index);
  }

  /** The names of the path's parameters, in their order. */
  public List<String> pathNames() {
    return pathNames;
  }

  /** The path's parameters as the record that the operation declared for them. */
  public <T> T path(Class<T> type) {
    return type.cast(declared(path, "path"));
  }

  /** The query as the record that the operation declared for it. */
  public <T> T query(Class<T> type) {
    return type.cast(declared(query, "query"));
  }

  /** A header that the operation declared to want, or null when the client did not send it. */
  public @Nullable String header(String name) {
    return request.header(name);
  }

  private static Object declared(@Nullable Object bound, String what) {
    if (bound == null) {
      throw new IllegalStateException("the operation declared no record for its " + what);
    }
    return bound;
  }
}
