package dev.starling.cluster.membership;

import dev.starling.cluster.sockets.PeerSockets;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.jgroups.JChannel;
import org.jgroups.protocols.FD_SOCK;
import org.jgroups.protocols.FD_SOCK2;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.stack.AddressGenerator;
import org.jgroups.stack.ProtocolStack;

/**
 * Makes JGroups channels that are not connected yet. Stateless; waits for DNS. Every failure is a
 * {@link MembershipException}.
 */
final class ChannelFactory {
  private ChannelFactory() {}

  /**
   * @param sockets what the transport connects with; stays the caller's
   */
  static JChannel open(String nodeId, MembershipConfig config, PeerSockets sockets) {
    MemberAddress member = new MemberAddress(nodeId, config.zone());
    return open(nodeId, config, sockets, () -> member.toAddress());
  }

  /** Opens one whose address, which also ranks it in merges, is made elsewhere. */
  static JChannel open(
      String nodeId, MembershipConfig config, PeerSockets sockets, AddressGenerator addresses) {
    InetAddress host = StackFile.resolve("host", config.host());
    checkLocal(config.host(), host);
    String stack = StackFile.load(config);
    try {
      var opened = new JChannel(new ByteArrayInputStream(stack.getBytes(StandardCharsets.UTF_8)));
      // JGroups lets the system property jgroups.bind_addr win over the stack; our config decides.
      opened.getProtocolStack().getTransport().setBindAddress(host);
      useSockets(opened.getProtocolStack(), host, sockets);
      opened
          .getProtocolStack()
          .insertProtocol(new InstalledViews(), ProtocolStack.Position.BELOW, GMS.class);
      opened.addAddressGenerator(addresses);
      return opened.setName(nodeId);
    } catch (MembershipException e) {
      throw e;
    } catch (Exception e) {
      throw new MembershipException("stack: %s (expected: a JGroups stack)".formatted(root(e)), e);
    }
  }

  /** Our sockets say themselves whom they refuse; JGroups would add a stack trace for each. */
  private static void useSockets(ProtocolStack stack, InetAddress host, PeerSockets sockets) {
    if (stack.getTransport() instanceof TCP tcp) {
      tcp.logAcceptError(false).logDetails(false);
      tcp.setSocketFactory(sockets);
    } else if (sockets.isTls()) {
      throw new MembershipException(
          "stack: %s cannot carry TLS (expected: TCP)".formatted(stack.getTransport().getName()));
    }
    FD_SOCK2 detector = stack.findProtocol(FD_SOCK2.class);
    if (sockets.isTls() && (detector != null || stack.findProtocol(FD_SOCK.class) != null)) {
      throw new MembershipException(
          "stack: FD_SOCK2 listens on a port without TLS"
              + " (expected: enable_suspect_events of TCP in its place)");
    }
    if (detector != null) {
      detector.setBindAddress(host);
    }
  }

  private static void checkLocal(String name, InetAddress host) {
    try {
      boolean own = host.isLoopbackAddress() || NetworkInterface.getByInetAddress(host) != null;
      if (host.isAnyLocalAddress() || !own) {
        throw new MembershipException(
            "host: %s (expected: one address of this machine, which the others can reach)"
                .formatted(name));
      }
    } catch (SocketException e) {
      throw new MembershipException("host: %s cannot be checked: %s".formatted(name, e));
    }
  }

  /** What was at the bottom of a failure. */
  static String root(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.toString();
  }
}
