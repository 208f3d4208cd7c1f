package dev.starling.openinference;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.contract.inference.ModelContract;
import dev.starling.contract.inference.ModelContract.Ask;
import dev.starling.contract.inference.ModelContract.NodeModels;
import dev.starling.sdk.Members;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The models of the cluster as this node knows them: it listens to what nodes say of themselves,
 * and asks those that it has not heard when somebody wants to know. Confined to the verticle's
 * context.
 */
final class KnownModels {
  /** Who cannot say at once what it has is taken for one that has nothing. */
  private static final Duration PATIENCE = Duration.ofMillis(300);

  /** A node that did not answer is not asked again before. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final ModelDirectory directory = new ModelDirectory();
  private final Map<String, Long> askedNanos = new HashMap<>();
  private final Members members;
  private final Bus bus;

  KnownModels(Members members, Bus bus) {
    this.members = members;
    this.bus = bus;
  }

  void heard(NodeModels models) {
    long now = System.nanoTime();
    directory.heard(models, now);
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

  /** One model; null when no node has it. */
  Future<@Nullable ModelView> find(String name, CallContext context) {
    ModelView known = directory.find(name, serving());
    return known != null
        ? Future.succeededFuture(known)
        : hear(context).map(heard -> directory.find(name, serving()));
  }

  private Future<Void> hear(CallContext context) {
    long now = System.nanoTime();
    List<String> serving = serving();
    askedNanos.keySet().retainAll(serving);
    List<Future<NodeModels>> asked =
        directory.unheard(serving).stream()
            .filter(node -> mayAsk(node, now))
            .map(node -> ask(node, context, now))
            .toList();
    return asked.isEmpty()
        ? Future.succeededFuture()
        : Future.join(asked).transform(done -> Future.succeededFuture());
  }

  private boolean mayAsk(String node, long now) {
    Long before = askedNanos.get(node);
    return before == null || now - before > PAUSE.toNanos();
  }

  private Future<NodeModels> ask(String node, CallContext context, long now) {
    askedNanos.put(node, now);
    long patience = Math.min(PATIENCE.toNanos(), context.remainingNanos(now));
    return bus.call(ModelContract.models(node), new Ask(), context.withDeadline(now + patience))
        .onSuccess(this::heard);
  }
}
