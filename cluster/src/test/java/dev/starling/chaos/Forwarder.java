package dev.starling.chaos;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Makes a server on loopback reachable from the network namespaces, byte by byte. */
final class Forwarder implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();

  Forwarder(String host, int port, int loopbackPort) {
    NetClient client = vertx.createNetClient();
    NetServer server = vertx.createNetServer();
    server.connectHandler(
        incoming -> {
          incoming.pause();
          client
              .connect(loopbackPort, "127.0.0.1")
              .onFailure(refused -> incoming.close())
              .onSuccess(
                  outgoing -> {
                    incoming.pipeTo(outgoing);
                    outgoing.pipeTo(incoming);
                  });
        });
    try {
      server.listen(port, host).await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(host + ":" + port + ": cannot be listened on", e);
    }
  }

  @Override
  public void close() {
    vertx.close();
  }
}
