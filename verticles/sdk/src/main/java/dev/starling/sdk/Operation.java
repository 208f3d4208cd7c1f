package dev.starling.sdk;

import dev.starling.bus.Priority;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.OperationRecord.ErrorShape;
import dev.starling.contract.service.OperationRecord.Interaction;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One operation while it is being declared; every method changes and returns it.
 *
 * <p>Unless said otherwise: the caller must have signed in, the priority is {@code NORMAL}, the
 * deadline 2 s, a body at most 64 KiB; {@code GET}, {@code PUT} and {@code DELETE} are safe to
 * retry.
 */
public final class Operation {
  static final int DEFAULT_MAX_BODY_BYTES = 64 * 1024;

  /** With it a client that comes back says where it was. */
  static final String LAST_EVENT_ID = "last-event-id";

  private static final Duration MIN_DEADLINE = Duration.ofMillis(1);

  /** The longest that the bus carries. */
  private static final Duration MAX_DEADLINE = Duration.ofHours(24);

  /** What happens to input that has been bound already. */
  sealed interface Handling permits Invocation, Streaming, Raw {}

  /** Runs the handler, which answers. */
  non-sealed interface Invocation extends Handling {
    Future<? extends Reply<?>> invoke(Call call, @Nullable Object body);
  }

  private final String service;
  final String method;
  final PathTemplate template;
  final @Nullable Class<?> bodyType;
  final Class<?> replyType;
  final Handling handling;
  @Nullable Class<?> pathType;
  @Nullable Class<?> queryType;
  String id;
  String summary = "";
  boolean open;
  @Nullable String scope;
  private Priority priority = Priority.NORMAL;
  private boolean safeToRetry;
  private Duration deadline = Duration.ofSeconds(2);
  private int maxBodyBytes;
  private ErrorShape errors = ErrorShape.PROBLEM;
  private boolean cancellable;

  /** Media types of a raw body, and the JSON Schema of each; empty for none. */
  final Map<String, String> taken = new LinkedHashMap<>();

  /** Likewise of a raw answer. */
  final Map<String, String> given = new LinkedHashMap<>();

  final TreeSet<String> headers = new TreeSet<>();
  final TreeSet<OperationReply.Refusal> refusals = new TreeSet<>();
  OperationReply.Kind success = OperationReply.Kind.OK;

  Operation(
      String service,
      String method,
      String path,
      @Nullable Class<?> bodyType,
      Class<?> replyType,
      Handling handling) {
    this.service = service;
    this.method = method;
    this.template = PathTemplate.parse(path);
    this.bodyType = bodyType;
    this.replyType = replyType;
    this.handling = handling;
    this.safeToRetry = !method.equals("POST") && !method.equals("PATCH");
    this.maxBodyBytes = takesBody() ? DEFAULT_MAX_BODY_BYTES : 0;
    this.id = service + "." + method.toLowerCase(Locale.ROOT) + slug(path);
    if (takesBody()) {
      headers.add("content-type");
    }
    if (handling instanceof Streaming && !isBulk()) {
      headers.add(LAST_EVENT_ID);
    }
  }

  /** Names the operation for limits, metrics and OpenAPI: {@code <service>.<name>}. */
  public Operation id(String newId) {
    this.id = newId;
    return this;
  }

  /** One line for the documentation. */
  public Operation summary(String text) {
    this.summary = text;
    return this;
  }

  /** Nobody has to sign in. */
  public Operation open() {
    this.open = true;
    return this;
  }

  /** The caller must have been granted {@code name}. */
  public Operation scope(String name) {
    this.scope = name;
    return this;
  }

  public Operation priority(Priority rank) {
    this.priority = rank;
    return this;
  }

  /** Doing it twice is the same as doing it once. */
  public Operation safeToRetry() {
    this.safeToRetry = true;
    return this;
  }

  /**
   * What it does is for nobody once its client has left: the calls that it makes with the context
   * of its own are given up then, wherever they are. For what costs a lot and changes nothing.
   */
  public Operation cancellable() {
    this.cancellable = true;
    return this;
  }

  /**
   * How long it, opening its stream, or each of its lines may take at most; clients can only ask
   * for less, but for lines.
   */
  public Operation deadline(Duration limit) {
    this.deadline = limit;
    return this;
  }

  /** The largest body, or line of one. */
  public Operation maxBodyBytes(int limit) {
    this.maxBodyBytes = limit;
    return this;
  }

  /** How its clients are told that they were refused, by it or by the edge. */
  public Operation errors(ErrorShape shape) {
    this.errors = shape;
    return this;
  }

  /**
   * A raw operation takes bodies of this media type; for the documentation.
   *
   * @param schema a JSON Schema without references; empty for none
   */
  public Operation takes(String mediaType, String schema) {
    this.taken.put(mediaType, schema);
    return this;
  }

  /** A raw operation answers with this media type; otherwise like {@link #takes}. */
  public Operation gives(String mediaType, String schema) {
    this.given.put(mediaType, schema);
    return this;
  }

  /** Binds the path's parameters to a record. */
  public Operation path(Class<? extends Record> type) {
    this.pathType = type;
    return this;
  }

  /** Binds the query to a record; parameters that it does not have are refused. */
  public Operation query(Class<? extends Record> type) {
    this.queryType = type;
    return this;
  }

  /** The handler reads these request headers. */
  public Operation wants(String... names) {
    Arrays.stream(names).map(name -> name.toLowerCase(Locale.ROOT)).forEach(headers::add);
    return this;
  }

  /** What it answers when all went well, if not 200; for the documentation. */
  public Operation answers(OperationReply.Kind kind) {
    this.success = kind;
    return this;
  }

  /** Refusals besides those that follow from the declaration; for the documentation. */
  public Operation refuses(OperationReply.Refusal... reasons) {
    this.refusals.addAll(List.of(reasons));
    return this;
  }

  /**
   * Refuses a declaration that could not be served as it stands.
   *
   * @throws IllegalArgumentException naming the operation and what is wrong with it
   */
  void check() {
    require(id.startsWith(service + "."), "id", id, "to begin with " + service + ".");
    require(!open || scope == null, "open with scope", scope, "one of the two");
    require(
        deadline.compareTo(MIN_DEADLINE) >= 0 && deadline.compareTo(MAX_DEADLINE) <= 0,
        "deadline",
        deadline,
        MIN_DEADLINE + ".." + MAX_DEADLINE);
    require(
        errors == ErrorShape.PROBLEM
            || interaction() == Interaction.CALL
            || interaction() == Interaction.RAW,
        "errors",
        errors,
        "PROBLEM, since it is a stream");
    require(
        !cancellable || interaction() == Interaction.CALL || interaction() == Interaction.RAW,
        "cancellable",
        cancellable,
        "no, since a stream ends with its client anyway");
    if (!takesBody()) {
      require(maxBodyBytes == 0, "max body bytes", maxBodyBytes, "none, since it takes no body");
    } else {
      require(maxBodyBytes > 0, "max body bytes", maxBodyBytes, "> 0");
    }
    if (pathType != null) {
      Set<String> names =
          Arrays.stream(pathType.getRecordComponents())
              .map(component -> RecordBinder.snakeCase(component.getName()))
              .collect(Collectors.toSet());
      require(
          names.equals(Set.copyOf(template.parameters())),
          "path of " + pathType.getSimpleName(),
          names,
          "the parameters of " + template.text());
    }
  }

  private void require(boolean met, String what, @Nullable Object value, String expected) {
    if (!met) {
      throw new IllegalArgumentException(
          "operation " + id + ", " + what + ": " + value + " (expected: " + expected + ")");
    }
  }

  private boolean isBulk() {
    return interaction() == Interaction.BULK;
  }

  private boolean takesBody() {
    return bodyType != null || isBulk() || handling instanceof Raw && method.equals("POST");
  }

  int maxBodyBytes() {
    return maxBodyBytes;
  }

  Duration deadline() {
    return deadline;
  }

  Interaction interaction() {
    if (handling instanceof Streaming streaming) {
      return streaming.interaction();
    }
    return handling instanceof Raw ? Interaction.RAW : Interaction.CALL;
  }

  OperationRecord toRecord(String document) {
    return new OperationRecord(
        id,
        method,
        template.text(),
        open,
        scope,
        priority,
        safeToRetry,
        Math.toIntExact(deadline.toMillis()),
        maxBodyBytes,
        List.copyOf(headers),
        interaction(),
        errors,
        cancellable,
        document);
  }

  private static String slug(String path) {
    return path.replaceAll("[^A-Za-z0-9]+", "-").replaceAll("-$", "").toLowerCase(Locale.ROOT);
  }
}
