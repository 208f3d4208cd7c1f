package dev.starling.cluster.membership;

import io.vertx.core.spi.cluster.NodeListener;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.core.spi.cluster.RegistrationUpdateEvent;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns news of the membership into calls of the Vert.x listeners, on the membership thread and
 * with no lock held; a listener that throws is logged and does no harm to others.
 */
final class ListenerCalls implements MembershipProtocol.Observer {
  private static final Logger LOG = LoggerFactory.getLogger(ListenerCalls.class);

  private final Directory directory;
  private volatile RegistrationListener registrationListener = new RegistrationListener() {};
  private volatile @Nullable NodeListener nodeListener;

  ListenerCalls(Directory directory) {
    this.directory = directory;
  }

  void registrationListener(RegistrationListener listener) {
    registrationListener = listener;
  }

  void nodeListener(@Nullable NodeListener listener) {
    nodeListener = listener;
  }

  @Override
  public void nodeAdded(String nodeId) {
    tell(listener -> listener.nodeAdded(nodeId));
  }

  @Override
  public void nodeLeft(String nodeId) {
    tell(listener -> listener.nodeLeft(nodeId));
  }

  @Override
  public void registrationsChanged(Set<String> addresses) {
    RegistrationListener listener = registrationListener;
    for (String address : addresses) {
      try {
        // Asked only now: whoever starts to want updates after this reads the tables after it too.
        if (listener.wantsUpdatesFor(address)) {
          listener.registrationsUpdated(
              new RegistrationUpdateEvent(address, directory.registrations(address)));
        }
      } catch (RuntimeException e) {
        LOG.error("The registration listener failed on {}", address, e);
      }
    }
  }

  private void tell(Consumer<NodeListener> call) {
    NodeListener listener = nodeListener;
    try {
      if (listener != null) {
        call.accept(listener);
      }
    } catch (RuntimeException e) {
      LOG.error("The node listener failed", e);
    }
  }
}
