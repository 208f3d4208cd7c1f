package dev.starling.cluster.membership;

import dev.starling.cluster.sockets.PeerSockets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** The same with certificates: a handshake with a frozen member must hold up nobody. */
final class SecuredMemberProcessIT extends MemberProcessIT {
  @TempDir private Path certificates;

  @Override
  PeerSockets sockets() {
    return TestNode.tls(certificates);
  }

  @Override
  List<String> certificates() {
    return List.of(certificates.toString());
  }
}
