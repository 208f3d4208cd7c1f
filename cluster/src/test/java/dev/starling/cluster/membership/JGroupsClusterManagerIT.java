package dev.starling.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.spi.cluster.NodeInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jgroups.JChannel;
import org.jgroups.protocols.DISCARD;
import org.jgroups.protocols.TP;
import org.jgroups.stack.ProtocolStack;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The Vert.x event bus of three nodes in one process, over real sockets. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class JGroupsClusterManagerIT {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration MERGED = Duration.ofSeconds(40);

  private final MembershipConfig config = TestNode.freshCluster();
  private final List<TestNode> nodes = new ArrayList<>();
  private TestNode a;
  private TestNode b;
  private TestNode c;

  @BeforeEach
  void startThreeNodes() throws InterruptedException, TimeoutException {
    a = start();
    b = start();
    c = start();
  }

  @AfterEach
  void closeNodes() throws InterruptedException, TimeoutException {
    for (TestNode node : nodes) {
      node.close();
    }
  }

  private TestNode start() throws InterruptedException, TimeoutException {
    TestNode node = TestNode.start(config);
    nodes.add(node);
    return node;
  }

  private void awaitNodes(Duration limit, TestNode at, Set<String> ids) {
    Await.until(limit, "nodes " + ids, () -> at.nodes().equals(ids), at::nodes);
  }

  @Test
  void nodes_joined_areSeenByEachOther() {
    Set<String> all = nodes.stream().map(TestNode::id).collect(Collectors.toSet());

    for (TestNode node : nodes) {
      awaitNodes(SOON, node, all);
      assertThat(node.manager.isActive()).isTrue();
      assertThat(node.manager.view().coordinator())
          .hasValueSatisfying(member -> assertThat(member.nodeId()).isEqualTo(a.id()));
      assertThat(node.manager.view().own())
          .hasValueSatisfying(
              member ->
                  assertThat(member.address())
                      .hasValueSatisfying(address -> assertThat(address).startsWith("127.0.0.1:")));
    }
    assertThat(a.news).containsExactly("+" + b.id(), "+" + c.id());
  }

  @Test
  void consumer_completed_isReachableFromTheOthersAtOnce() throws Exception {
    a.serve("greeting");

    assertThat(b.ask("greeting")).isEqualTo(a.id());
    assertThat(c.ask("greeting")).isEqualTo(a.id());
  }

  @Test
  void publish_withConsumersOnTwoNodes_reachesBoth() throws Exception {
    Set<String> heard = ConcurrentHashMap.newKeySet();
    Await.result(a.vertx.eventBus().consumer("news", m -> heard.add("a")).completion());
    Await.result(b.vertx.eventBus().consumer("news", m -> heard.add("b")).completion());

    c.vertx.eventBus().publish("news", "x");

    Await.until(SOON, "both heard", () -> heard.size() == 2, () -> heard);
  }

  @Test
  void send_toTheOnlyConsumer_arrives() throws Exception {
    Set<Object> heard = ConcurrentHashMap.newKeySet();
    Await.result(c.vertx.eventBus().consumer("sink", m -> heard.add(m.body())).completion());

    b.vertx.eventBus().send("sink", "1");

    Await.until(SOON, "heard", () -> heard.equals(Set.of("1")), () -> heard);
  }

  @Test
  void unregister_completed_leavesNoHandlersOnTheOthers() throws Exception {
    MessageConsumer<String> consumer =
        a.vertx.eventBus().consumer("greeting", m -> m.reply("hello"));
    Await.result(consumer.completion());
    assertThat(b.ask("greeting")).isEqualTo("hello");

    Await.result(consumer.unregister());

    Throwable failure = Await.failure(b.vertx.eventBus().request("greeting", "?", TestNode.SOON));
    assertThat(failure)
        .isInstanceOfSatisfying(
            ReplyException.class,
            e -> assertThat(e.failureType()).isEqualTo(ReplyFailure.NO_HANDLERS));
  }

  @Test
  void localConsumer_isSeenByItsOwnNodeOnly() throws Exception {
    Await.result(a.vertx.eventBus().localConsumer("private", m -> m.reply("mine")).completion());

    assertThat(a.ask("private")).isEqualTo("mine");
    assertThat(a.registrations("private")).singleElement().matches(info -> info.localOnly());
    assertThat(b.registrations("private")).isEmpty();
    assertThat(b.ask("private")).isEqualTo("ReplyException");
  }

  @Test
  void twoConsumersOfOneNode_oneUnregistered_theOtherStays() throws Exception {
    a.serve("greeting");
    MessageConsumer<String> second = a.vertx.eventBus().consumer("greeting", m -> m.reply("2"));
    Await.result(second.completion());
    assertThat(b.servers("greeting")).containsExactly(a.id(), a.id());

    Await.result(second.unregister());

    assertThat(b.servers("greeting")).containsExactly(a.id());
    assertThat(b.ask("greeting")).isEqualTo(a.id());
  }

  @Test
  void newcomer_joined_knowsEveryRegistrationAndEndpoint() throws Exception {
    a.serve("one");
    b.serve("two");

    TestNode late = start();

    assertThat(late.ask("one")).isEqualTo(a.id());
    assertThat(late.ask("two")).isEqualTo(b.id());
    for (TestNode node : List.of(a, b, c)) {
      Promise<NodeInfo> info = Promise.promise();
      late.manager.getNodeInfo(node.id(), info);
      assertThat(Await.result(info.future())).isEqualTo(node.manager.getNodeInfo());
    }
  }

  @Test
  void nodeInfo_ofAnUnknownNode_failsAtOnce() {
    Promise<NodeInfo> info = Promise.promise();

    a.manager.getNodeInfo("n-nobody", info);

    assertThat(info.future().isComplete()).isTrue();
    assertThat(info.future().cause()).hasMessage("node n-nobody: not a member of the cluster");
  }

  @Test
  void sharedData_clustered_isRefusedByName() throws Exception {
    assertThat(Await.failure(a.vertx.sharedData().getAsyncMap("m")))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("map \"m\"")
        .hasMessageContaining("docs/adr/0004");
    assertThat(Await.failure(a.vertx.sharedData().getLock("l")))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(Await.failure(a.vertx.sharedData().getCounter("c")))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void closedNode_isRemovedWithItsRegistrations() throws Exception {
    a.serve("greeting");
    assertThat(b.ask("greeting")).isEqualTo(a.id());

    a.close();

    awaitNodes(SOON, b, Set.of(b.id(), c.id()));
    awaitNodes(SOON, c, Set.of(b.id(), c.id()));
    Await.until(SOON, "nodeLeft", () -> b.news.contains("-" + a.id()), () -> b.news);
    assertThat(b.servers("greeting")).isEmpty();
    assertThat(c.servers("greeting")).isEmpty();
    assertThat(b.ask("greeting")).isEqualTo("ReplyException");
    assertThat(a.manager.isActive()).isFalse();
  }

  @Test
  void cutOffNode_healed_isReachableAgainAndNothingIsStale() throws Exception {
    Set<String> all = Set.of(a.id(), b.id(), c.id());
    a.serve("on-a");
    b.serve("on-b");
    a.serve("gone-meanwhile");
    MessageConsumer<String> shortLived = b.vertx.eventBus().consumer("b-drops-it", m -> {});
    Await.result(shortLived.completion());
    assertThat(a.servers("b-drops-it")).containsExactly(b.id());

    cut(a, true);
    awaitNodes(MERGED, b, Set.of(b.id(), c.id()));
    awaitNodes(MERGED, c, Set.of(b.id(), c.id()));
    awaitNodes(MERGED, a, Set.of(a.id()));
    assertThat(b.servers("on-a")).isEmpty();
    assertThat(a.servers("on-b")).isEmpty();
    Await.result(shortLived.unregister());
    c.serve("new-on-c");

    cut(a, false);
    for (TestNode node : nodes) {
      awaitNodes(MERGED, node, all);
    }

    Await.until(SOON, "b knows a", () -> b.ask("on-a").equals(a.id()), () -> b.servers("on-a"));
    Await.until(SOON, "c knows a", () -> c.ask("on-a").equals(a.id()), () -> c.servers("on-a"));
    Await.until(SOON, "a knows b", () -> a.ask("on-b").equals(b.id()), () -> a.servers("on-b"));
    Await.until(
        SOON, "a knows c", () -> a.ask("new-on-c").equals(c.id()), () -> a.servers("new-on-c"));
    assertThat(a.servers("b-drops-it")).isEmpty();
    assertThat(b.servers("gone-meanwhile")).containsExactly(a.id());
    assertThat(b.news).containsSubsequence("-" + a.id(), "+" + a.id());
  }

  /** Drops every message from and to a node, below the failure detection. */
  private static void cut(TestNode node, boolean cut) throws Exception {
    JChannel channel = node.manager.channel().jgroups();
    assertThat(channel).isNotNull();
    ProtocolStack stack = channel.getProtocolStack();
    if (cut) {
      stack.insertProtocol(new DISCARD().discardAll(true), ProtocolStack.Position.ABOVE, TP.class);
    } else {
      stack.removeProtocol(DISCARD.class);
    }
  }
}
