package dev.starling.cluster;

import dev.starling.cluster.management.DecisionLookup;
import dev.starling.cluster.routing.HeartbeatExchange;
import dev.starling.cluster.routing.HeartbeatExchange.NodeView;
import dev.starling.cluster.routing.PeerState;
import dev.starling.contract.decision.Decision;
import dev.starling.contract.decision.DecisionContract;
import dev.starling.contract.decision.DecisionContract.Find;
import dev.starling.contract.decision.DecisionContract.Kept;
import dev.starling.contract.decision.DecisionContract.Question;
import dev.starling.contract.decision.DecisionContract.Since;
import dev.starling.policy.decision.DecisionId;
import dev.starling.policy.decision.Decisions;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Decisions of this node and of its peers, each of which keeps its own. Thread-safe. */
final class ClusterDecisions implements DecisionLookup {
  private static final Duration PEER_LIMIT = Duration.ofSeconds(2);

  private final String nodeId;
  private final Decisions own;
  private final HeartbeatExchange peers;

  ClusterDecisions(String nodeId, Decisions own, HeartbeatExchange peers) {
    this.nodeId = nodeId;
    this.own = own;
    this.peers = peers;
  }

  /** Lets other nodes ask for those of this one. */
  Future<Void> serve() {
    return peers.serve(
        DecisionContract.decisions(nodeId),
        (question, call) -> Future.succeededFuture(new Kept(answer(question))));
  }

  @Override
  public Future<Found> find(String id) {
    DecisionId parsed = DecisionId.parse(id);
    if (parsed == null) {
      return Future.succeededFuture(new Found.NoId());
    }
    String node = parsed.node();
    if (node.equals(nodeId)) {
      return Future.succeededFuture(found(node, answer(new Find(id))));
    }
    if (others().noneMatch(peer -> peer.equals(node))) {
      return Future.succeededFuture(new Found.NodeGone(node));
    }
    return ask(node, new Find(id))
        .map(kept -> found(node, kept))
        .otherwise(failure -> new Found.NodeSilent(node));
  }

  @Override
  public Future<Listed> since(long atMillis, int limit, boolean everywhere) {
    Since question = new Since(atMillis, limit);
    List<Decision> decisions = new ArrayList<>(answer(question));
    if (!everywhere) {
      return Future.succeededFuture(new Listed(decisions, List.of()));
    }
    List<String> asked = others().toList();
    List<Future<List<Decision>>> answers = asked.stream().map(node -> ask(node, question)).toList();
    return Future.join(answers)
        .transform(joined -> Future.succeededFuture(merge(decisions, asked, answers, limit)));
  }

  private static Listed merge(
      List<Decision> own, List<String> asked, List<Future<List<Decision>>> answers, int limit) {
    List<Decision> all = new ArrayList<>(own);
    List<String> silent = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      Future<List<Decision>> answer = answers.get(i);
      if (answer.succeeded()) {
        all.addAll(answer.result());
      } else {
        silent.add(asked.get(i));
      }
    }
    all.sort(Comparator.comparingLong(Decision::atMillis).reversed());
    return new Listed(all.subList(0, Math.min(limit, all.size())), silent);
  }

  private Stream<String> others() {
    return peers.nodes().stream()
        .filter(peer -> !peer.self() && peer.state() != PeerState.GONE)
        .map(NodeView::nodeId);
  }

  private Future<List<Decision>> ask(String node, Question question) {
    return peers.call(DecisionContract.decisions(node), question, PEER_LIMIT).map(Kept::decisions);
  }

  private List<Decision> answer(Question question) {
    if (question instanceof Since since) {
      return own.since(since.atMillis(), Math.min(since.limit(), MAX_LISTED));
    }
    Decision found = question instanceof Find find ? own.find(find.id()) : null;
    return found == null ? List.of() : List.of(found);
  }

  private static Found found(String node, List<Decision> kept) {
    return kept.isEmpty() ? new Found.NotKept(node) : new Found.Kept(kept.get(0));
  }
}
