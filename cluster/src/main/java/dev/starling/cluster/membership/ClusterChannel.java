package dev.starling.cluster.membership;

import dev.starling.cluster.sockets.PeerSockets;
import java.net.BindException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Event;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's JGroups channel: views and messages in, messages out, node ids for addresses.
 *
 * <p>{@link #connect} and {@link #close} wait for the network and are called by one thread each, in
 * that order; everything else is thread-safe and does not wait. {@link Inbound} is called on
 * JGroups threads, in the order of the channel, and must return at once.
 */
final class ClusterChannel implements Receiver, MembershipProtocol.Outbox {
  /** Takes what comes in; must not block. */
  interface Inbound {
    void view(List<String> others);

    void message(String from, MembershipMessage message);
  }

  private record Members(long id, Map<String, Address> byNode) {}

  private static final Logger LOG = LoggerFactory.getLogger(ClusterChannel.class);
  private static final Members NONE = new Members(-1, Map.of());

  private final String nodeId;
  private final MembershipConfig config;
  private final PeerSockets sockets;
  private final Inbound inbound;
  private final LongAdder malformed = new LongAdder();
  private final LongAdder unsent = new LongAdder();
  private final AtomicBoolean malformedLogged = new AtomicBoolean();
  private final AtomicBoolean unsentLogged = new AtomicBoolean();
  private volatile Members members = NONE;
  private volatile @Nullable JChannel channel;

  /**
   * @param sockets closed with the channel
   */
  ClusterChannel(String nodeId, MembershipConfig config, PeerSockets sockets, Inbound inbound) {
    this.nodeId = nodeId;
    this.config = config;
    this.sockets = sockets;
    this.inbound = inbound;
  }

  /** Joins the group, or founds it; returns after the first view. */
  void connect() {
    JChannel opened = ChannelFactory.open(nodeId, config, sockets).setReceiver(this);
    channel = opened;
    try {
      opened.connect(config.cluster());
    } catch (Exception e) {
      opened.close();
      throw explain(e);
    }
  }

  /** Leaves the group and closes every socket; waits a second at most for the others to agree. */
  void close() {
    JChannel open = channel;
    if (open != null) {
      open.close();
    }
    sockets.close();
    members = NONE;
  }

  boolean connected() {
    JChannel open = channel;
    return open != null && open.isConnected();
  }

  /** The ids of all members in the order of the view. */
  List<String> nodeIds() {
    return List.copyOf(members.byNode().keySet());
  }

  ClusterView view() {
    Members now = members;
    List<ClusterView.Member> list = new ArrayList<>();
    now.byNode()
        .forEach(
            (id, address) ->
                list.add(
                    new ClusterView.Member(
                        id,
                        MemberAddress.of(address).map(MemberAddress::zone).orElse(""),
                        physical(address))));
    return new ClusterView(config.cluster(), now.id(), nodeId, list);
  }

  long malformedCount() {
    return malformed.sum();
  }

  long unsentCount() {
    return unsent.sum();
  }

  /** The channel itself, for tests that cut it off. */
  @Nullable JChannel jgroups() {
    return channel;
  }

  @Override
  public void viewAccepted(View view) {
    Map<String, Address> byNode = new LinkedHashMap<>();
    for (Address address : view.getMembersRaw()) {
      MemberAddress.of(address)
          .ifPresentOrElse(
              member -> byNode.put(member.nodeId(), address),
              () -> reject("member " + address + " is no Starling node"));
    }
    members = new Members(view.getViewId().getId(), byNode);
    inbound.view(byNode.keySet().stream().filter(id -> !id.equals(nodeId)).toList());
  }

  @Override
  public void receive(Message message) {
    Optional<MemberAddress> from = MemberAddress.of(message.getSrc());
    if (from.isEmpty()) {
      reject("sender " + message.getSrc() + " is no Starling node");
    } else if (!message.hasArray()) {
      reject("message of " + from.get().nodeId() + " has no bytes");
    } else {
      Decoded decoded =
          MessageWire.decode(message.getArray(), message.getOffset(), message.getLength());
      if (decoded instanceof Decoded.Ok ok) {
        inbound.message(from.get().nodeId(), ok.message());
      } else if (decoded instanceof Decoded.Malformed bad) {
        reject("message of " + from.get().nodeId() + ": " + bad.reason());
      }
    }
  }

  @Override
  public void broadcast(MembershipMessage message) {
    send((Address) null, message);
  }

  @Override
  public void send(String to, MembershipMessage message) {
    Address address = members.byNode().get(to);
    if (address != null) {
      send(address, message);
    }
  }

  private void send(@Nullable Address to, MembershipMessage message) {
    JChannel open = channel;
    try {
      if (open != null) {
        open.send(
            new BytesMessage(to, MessageWire.encode(message))
                .setFlag(Message.TransientFlag.DONT_LOOPBACK));
      }
    } catch (Exception e) {
      unsent.increment();
      if (open != null && open.isConnected() && unsentLogged.compareAndSet(false, true)) {
        LOG.warn("Cannot send to {}; further failures are only counted", to, e);
      }
    }
  }

  private void reject(String reason) {
    malformed.increment();
    if (malformedLogged.compareAndSet(false, true)) {
      LOG.warn("Dropped: {}; further ones are only counted", reason);
    }
  }

  private MembershipException explain(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return new MembershipException(
            "port: %d..%d on %s are all in use (expected: a free one)"
                .formatted(config.port(), config.port() + config.portRange(), config.host()));
      }
    }
    return new MembershipException(
        "cannot join cluster %s on %s:%d: %s"
            .formatted(
                config.cluster(), config.host(), config.port(), ChannelFactory.root(failure)),
        failure);
  }

  private Optional<String> physical(Address address) {
    JChannel open = channel;
    Object found = open == null ? null : open.down(new Event(Event.GET_PHYSICAL_ADDRESS, address));
    return Optional.ofNullable(found).map(Object::toString);
  }
}
