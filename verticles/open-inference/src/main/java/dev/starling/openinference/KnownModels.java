package dev.starling.openinference;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.contract.inference.ModelContract;
import dev.starling.contract.inference.ModelContract.Ask;
import dev.starling.contract.inference.ModelContract.ModelRecord;
import dev.starling.contract.inference.ModelContract.NodeModels;
import dev.starling.openinference.FoundModel.Missing;
import dev.starling.openinference.FoundModel.Ready;
import dev.starling.sdk.Members;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The models of the cluster as this node knows them: it listens to what nodes say of themselves,
 * and asks those that it has not heard when somebody wants to know. Confined to the verticle's
 * context.
 *
 * <p>A model is said to be unknown only when every node that may have it has said what it has.
 * While one has not, or one that had it cannot be called, clients are to try again: a node that
 * comes or goes must not make its models look as if they had never been.
 */
final class KnownModels {
  /** How long whoever wants to know waits for a node that has not said what it has. */
  private static final Duration PATIENCE = Duration.ofMillis(300);

  /** A node that did not answer is not asked again before. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** A question to a node; all who want to know in the meantime wait for the same one. */
  private record Asked(long atNanos, Future<NodeModels> answer) {}

  private final ModelDirectory directory = new ModelDirectory();
  private final Map<String, Asked> asked = new HashMap<>();
  private final Members members;
  private final Bus bus;
  private final LongSupplier nanoTime;

  KnownModels(Members members, Bus bus, LongSupplier nanoTime) {
    this.members = members;
    this.bus = bus;
    this.nanoTime = nanoTime;
  }

  void heard(NodeModels models) {
    long now = nanoTime.getAsLong();
    directory.heard(models);
    directory.prune(serving(), now);
  }

  /** The nodes that run models. */
  List<String> serving() {
    return members.serving(ModelContract.SERVICE);
  }

  /** All models, once every node has been heard or had its chance. */
  Future<SortedMap<String, ModelView>> all(CallContext context) {
    return hear(context).map(heard -> directory.models(serving()));
  }

  /**
   * A model that can be asked, or what its client is to be told.
   *
   * @param version empty for the preferred one
   */
  Future<FoundModel> find(String name, String version, CallContext context) {
    FoundModel known = found(name, version);
    return known != null
        ? Future.succeededFuture(known)
        : hear(context).map(heard -> foundOrNot(name, version));
  }

  /** Null when no node that serves is known to have the version. */
  private @Nullable FoundModel found(String name, String version) {
    ModelView view = directory.find(name, serving());
    if (view == null || !view.has(version)) {
      return null;
    }
    ModelRecord ready = view.ready(version);
    return ready == null
        ? new Missing(ProtocolReplies.notReady(view, version))
        : new Ready(view, ready);
  }

  private FoundModel foundOrNot(String name, String version) {
    FoundModel found = found(name, version);
    if (found != null) {
      return found;
    }
    List<String> serving = serving();
    directory.prune(serving, nanoTime.getAsLong());
    if (serving.isEmpty()) {
      return new Missing(ProtocolReplies.notNow("no node runs models now"));
    }
    List<String> silent = directory.unheard(serving);
    if (!silent.isEmpty()) {
      return new Missing(
          ProtocolReplies.notNow(
              "model " + name + ": " + String.join(", ", silent) + " did not say yet what it has"));
    }
    if (directory.hadByOthers(name, version, serving)) {
      return new Missing(
          ProtocolReplies.notNow("model " + name + ": the node that had it cannot be called now"));
    }
    ModelView view = directory.find(name, serving);
    return new Missing(
        view == null
            ? ProtocolReplies.unknownModel(name)
            : ProtocolReplies.unknownVersion(view, version));
  }

  private Future<Void> hear(CallContext context) {
    long now = nanoTime.getAsLong();
    List<String> serving = serving();
    asked.keySet().retainAll(serving);
    List<Future<NodeModels>> answers =
        directory.unheard(serving).stream().map(node -> ask(node, context, now)).toList();
    return answers.isEmpty()
        ? Future.succeededFuture()
        : Future.join(answers).transform(done -> Future.succeededFuture());
  }

  private Future<NodeModels> ask(String node, CallContext context, long now) {
    Asked before = asked.get(node);
    if (before != null && now - before.atNanos <= PAUSE.toNanos()) {
      return before.answer;
    }
    // The first who asks does so for all: what is left of its own time must not cut theirs short,
    // nor that its client leaves.
    Future<NodeModels> answer =
        bus.call(
                ModelContract.models(node),
                new Ask(),
                context.withDeadline(now + PATIENCE.toNanos()).withCancellation(null))
            .onSuccess(this::heard);
    asked.put(node, new Asked(now, answer));
    return answer;
  }
}
