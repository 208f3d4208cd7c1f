package dev.starling.openinference;

import dev.starling.bus.BusException;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.sdk.Reply;

/** What all operations answer alike. */
final class ProtocolReplies {
  static final String JSON = "application/json";

  private ProtocolReplies() {}

  static Reply<byte[]> json(byte[] body) {
    return Reply.bytes(JSON, body);
  }

  /** The request is not what it should be: 400, as the protocol has it. */
  static Reply<byte[]> bad(String detail) {
    return Reply.refused(Refusal.MALFORMED, detail);
  }

  static Reply<byte[]> unknownModel(String model) {
    return Reply.refused(
        Refusal.ABSENT,
        "model: " + model + " (expected: one that POST /v2/repository/index lists)");
  }

  /** No node can be asked now; another try may succeed. */
  static Reply<byte[]> notNow(String detail) {
    return Reply.refused(Refusal.NOT_EXECUTED, detail);
  }

  static Reply<byte[]> notReady(ModelView view, String version) {
    return notNow("model " + view.name() + " is not ready: " + view.whyNotReady(version));
  }

  static Reply<byte[]> unknownVersion(ModelView view, String version) {
    return Reply.refused(
        Refusal.ABSENT,
        "version of "
            + view.name()
            + ": "
            + version
            + " (expected one of: "
            + String.join(", ", view.readyVersions())
            + ")");
  }

  /** What a failed call says to whoever asked for it, without what is the cluster's own affair. */
  static String words(Throwable failure) {
    return failure instanceof BusException known
        ? switch (known.code()) {
          case UNAVAILABLE -> "it is not there";
          case OVERLOADED -> "too much to do now";
          case EXPIRED, DEADLINE_EXCEEDED -> "it did not answer in time";
          case NODE_LOST -> "it was lost";
          case INVALID_ARGUMENT, INTERNAL, UNKNOWN_OUTCOME, CANCELLED, REPLY_TOO_LARGE ->
              "it failed";
        }
        : "it failed";
  }
}
