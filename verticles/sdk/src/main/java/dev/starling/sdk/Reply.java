package dev.starling.sdk;

import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.Violation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a handler answers: a value, or a refusal.
 *
 * @param <T> the record that becomes the JSON body
 */
public sealed interface Reply<T> {

  List<Header> headers();

  /** The same reply with one more header field; the name in lower case. */
  Reply<T> header(String name, String value);

  /** The message as it crosses the bus. */
  OperationReply toMessage();

  static <T> Reply<T> ok(T body) {
    return new Done<>(Kind.OK, body, null, List.of());
  }

  /** A body that was written as JSON before, e.g. by a cache. */
  static <T> Reply<T> okJson(byte[] json) {
    return new Done<>(Kind.OK, null, json, List.of());
  }

  /** What a raw operation answers. Nobody may write to the bytes any more. */
  static Reply<byte[]> bytes(String contentType, byte[] body) {
    return new Bytes<>(Kind.OK, contentType, body, List.of());
  }

  /** Likewise, of what was taken on to be done later. */
  static Reply<byte[]> accepted(String contentType, byte[] body) {
    return new Bytes<>(Kind.ACCEPTED, contentType, body, List.of());
  }

  /**
   * Something was made.
   *
   * @param location the path of what was created
   */
  static <T> Reply<T> created(T body, String location) {
    return new Done<>(Kind.CREATED, body, null, List.of(new Header("location", location)));
  }

  static <T> Reply<T> accepted(T body) {
    return new Done<>(Kind.ACCEPTED, body, null, List.of());
  }

  static <T> Reply<T> noContent() {
    return new Done<>(Kind.NO_CONTENT, null, null, List.of());
  }

  static <T> Reply<T> notModified() {
    return new Done<>(Kind.NOT_MODIFIED, null, null, List.of());
  }

  static <T> Reply<T> refused(Refusal refusal, String detail) {
    return refused(refusal, "", detail);
  }

  /**
   * The operation did nothing, for a reason that has a name.
   *
   * @param type a short name of the problem that clients can act on, e.g. {@code email-taken}
   */
  static <T> Reply<T> refused(Refusal refusal, String type, String detail) {
    return new Refused<>(refusal, type, detail, List.of(), List.of());
  }

  static <T> Reply<T> invalid(Violation... violations) {
    return new Refused<>(
        Refusal.INVALID, "", "the request breaks a constraint", List.of(violations), List.of());
  }

  /** The strong entity tag of a version, e.g. {@code "v7"} with its quotes. */
  static String etag(long version) {
    return "\"v" + version + "\"";
  }

  // The bytes go from whoever wrote them to the bus; nobody compares replies.
  @SuppressWarnings("ArrayRecordComponent")
  record Done<T>(Kind kind, @Nullable T body, byte @Nullable [] json, List<Header> headers)
      implements Reply<T> {
    private static final byte[] NOTHING = {};

    @Override
    public Reply<T> header(String name, String value) {
      return new Done<>(kind, body, json, with(headers, name, value));
    }

    @Override
    public OperationReply toMessage() {
      byte[] bytes = json != null ? json : body != null ? Json.toBytes(body) : NOTHING;
      return new OperationReply.Done(
          kind, bytes.length == 0 ? "" : "application/json", bytes, headers);
    }
  }

  // As above.
  @SuppressWarnings("ArrayRecordComponent")
  record Bytes<T>(Kind kind, String contentType, byte[] bytes, List<Header> headers)
      implements Reply<T> {
    @Override
    public Reply<T> header(String name, String value) {
      return new Bytes<>(kind, contentType, bytes, with(headers, name, value));
    }

    @Override
    public OperationReply toMessage() {
      return new OperationReply.Done(kind, contentType, bytes, headers);
    }
  }

  record Refused<T>(
      Refusal refusal, String type, String detail, List<Violation> violations, List<Header> headers)
      implements Reply<T> {
    @Override
    public Reply<T> header(String name, String value) {
      return new Refused<>(refusal, type, detail, violations, with(headers, name, value));
    }

    @Override
    public OperationReply toMessage() {
      return new OperationReply.Refused(refusal, type, detail, violations, headers);
    }
  }

  private static List<Header> with(List<Header> headers, String name, String value) {
    List<Header> more = new ArrayList<>(headers);
    more.add(new Header(name, value));
    return List.copyOf(more);
  }
}
