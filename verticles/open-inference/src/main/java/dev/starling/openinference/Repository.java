package dev.starling.openinference;

import static dev.starling.openinference.ProtocolReplies.bad;

import dev.starling.bus.Address;
import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.contract.inference.ModelContract;
import dev.starling.contract.inference.ModelContract.Changed;
import dev.starling.contract.inference.ModelContract.Load;
import dev.starling.contract.inference.ModelContract.Outcome;
import dev.starling.contract.inference.ModelContract.Unload;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.openinference.Parsed.Bad;
import dev.starling.openinference.Parsed.Good;
import dev.starling.sdk.Call;
import dev.starling.sdk.Reply;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lists the models of the cluster, and has them loaded and unloaded on every node that runs some.
 * Confined to the verticle's context.
 */
final class Repository {
  private static final byte[] NOTHING = {'{', '}'};

  private final KnownModels models;
  private final Bus bus;

  /**
   * What became of a change at one node.
   *
   * @param outcome null when it did not answer
   * @param detail for the client
   * @param notExecuted whether it is certain that nothing was done there
   */
  private record AtNode(
      String node, @Nullable Outcome outcome, String detail, boolean notExecuted) {}

  Repository(KnownModels models, Bus bus) {
    this.models = models;
    this.bus = bus;
  }

  Future<Reply<byte[]>> index(Call call, byte[] body) {
    Parsed<RepositoryRequest> parsed = RepositoryRequest.read(body);
    if (parsed instanceof Bad<RepositoryRequest> unusable) {
      return Future.succeededFuture(bad(unusable.detail()));
    }
    boolean readyOnly = ((Good<RepositoryRequest>) parsed).value().readyOnly();
    return models
        .all(call.context())
        .map(all -> ProtocolReplies.json(ModelPages.index(all.values(), readyOnly)));
  }

  Future<Reply<byte[]>> load(Call call, byte[] body) {
    return change(call, body, ModelContract::load, new Load(call.path("model")));
  }

  Future<Reply<byte[]>> unload(Call call, byte[] body) {
    return change(call, body, ModelContract::unload, new Unload(call.path("model")));
  }

  private <Q> Future<Reply<byte[]>> change(
      Call call, byte[] body, Function<String, Address<Q, Changed>> address, Q request) {
    Parsed<RepositoryRequest> parsed = RepositoryRequest.read(body);
    if (parsed instanceof Bad<RepositoryRequest> unusable) {
      return Future.succeededFuture(bad(unusable.detail()));
    }
    List<String> wanted = ((Good<RepositoryRequest>) parsed).value().nodes();
    List<String> serving = models.serving();
    for (String node : wanted) {
      if (!serving.contains(node)) {
        return Future.succeededFuture(
            bad("parameters, nodes: " + node + " (expected one of: " + serving + ")"));
      }
    }
    if (serving.isEmpty()) {
      return Future.succeededFuture(
          Reply.refused(Refusal.NOT_EXECUTED, "no node runs models now; nothing was done"));
    }
    List<String> nodes = wanted.isEmpty() ? serving : wanted.stream().distinct().toList();
    List<Future<AtNode>> changes =
        nodes.stream().map(node -> at(node, address.apply(node), request, call.context())).toList();
    return Future.all(changes).map(all -> reply(all.list()));
  }

  private <Q> Future<AtNode> at(
      String node, Address<Q, Changed> address, Q request, CallContext context) {
    return bus.call(address, request, context)
        .map(changed -> new AtNode(node, changed.outcome(), changed.detail(), false))
        .otherwise(
            failure ->
                new AtNode(
                    node,
                    null,
                    ProtocolReplies.words(failure),
                    failure instanceof BusException known && known.code().notExecuted()));
  }

  private static Reply<byte[]> reply(List<AtNode> all) {
    List<String> failures = new ArrayList<>();
    boolean unknown = false;
    boolean notExecuted = false;
    boolean refused = false;
    for (AtNode at : all) {
      if (at.outcome == Outcome.DONE) {
        continue;
      }
      unknown |= at.outcome == null && !at.notExecuted;
      notExecuted |= at.outcome == null && at.notExecuted;
      refused |= at.outcome == Outcome.REFUSED;
      failures.add(
          at.node
              + ": "
              + (at.detail.isEmpty() && at.outcome == Outcome.ABSENT
                  ? "its repository has no such model"
                  : at.detail));
    }
    if (failures.isEmpty()) {
      return ProtocolReplies.json(NOTHING);
    }
    String detail = String.join("; ", failures);
    if (failures.size() < all.size()) {
      detail += "; done at the other " + (all.size() - failures.size());
    }
    // What can be tried again comes after what cannot, since all of it has to be done.
    Refusal refusal =
        refused
            ? Refusal.MALFORMED
            : unknown
                ? Refusal.UNKNOWN_OUTCOME
                : notExecuted ? Refusal.NOT_EXECUTED : Refusal.ABSENT;
    return Reply.refused(refusal, detail);
  }
}
