package dev.starling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.cluster.config.SocketTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SocketsTest {
  private String before;

  @BeforeEach
  void remember() {
    before = System.clearProperty(Sockets.ACCEPT_MANY);
  }

  @AfterEach
  void restore() {
    System.clearProperty(Sockets.ACCEPT_MANY);
    if (before != null) {
      System.setProperty(Sockets.ACCEPT_MANY, before);
    }
  }

  @Test
  void transport_nothingSaid_acceptsOneConnectionAtATime() {
    Sockets.transport(SocketTransport.AUTO);

    assertThat(System.getProperty(Sockets.ACCEPT_MANY)).isEqualTo("false");
  }

  @Test
  void transport_operatorWantsMany_isLeftAlone() {
    System.setProperty(Sockets.ACCEPT_MANY, "true");

    Sockets.transport(SocketTransport.AUTO);

    assertThat(System.getProperty(Sockets.ACCEPT_MANY)).isEqualTo("true");
  }
}
