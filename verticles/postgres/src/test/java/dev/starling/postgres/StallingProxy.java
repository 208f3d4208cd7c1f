package dev.starling.postgres;

import static dev.starling.postgres.TestServers.await;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.HashSet;
import java.util.Set;

/**
 * A network between a node and its database that can be cut without a word.
 *
 * <p>While it is cut nothing passes in either direction and new connections get no answer; what was
 * sent arrives when it is healed, as TCP would repeat it. Test threads call it; everything happens
 * on one event loop.
 */
final class StallingProxy {
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final NetClient client = vertx.createNetClient();
  private final Set<NetSocket> sockets = new HashSet<>();
  private final NetServer server;
  private boolean cut;

  StallingProxy(int databasePort) throws Exception {
    server =
        await(
            vertx
                .createNetServer()
                .connectHandler(
                    incoming -> {
                      incoming.pause();
                      client
                          .connect(databasePort, ServerPort.LOOPBACK)
                          .onSuccess(outgoing -> join(incoming, outgoing))
                          .onFailure(failure -> incoming.close());
                    })
                .listen(0, ServerPort.LOOPBACK));
  }

  int port() {
    return server.actualPort();
  }

  void cut() throws Exception {
    onLoop(
        () -> {
          cut = true;
          sockets.forEach(NetSocket::pause);
        });
  }

  void heal() throws Exception {
    onLoop(
        () -> {
          cut = false;
          sockets.forEach(NetSocket::resume);
        });
  }

  void close() throws Exception {
    await(vertx.close());
  }

  private void join(NetSocket incoming, NetSocket outgoing) {
    sockets.add(incoming);
    sockets.add(outgoing);
    outgoing.handler(incoming::write).closeHandler(end -> remove(outgoing, incoming));
    incoming.handler(outgoing::write).closeHandler(end -> remove(incoming, outgoing));
    if (cut) {
      outgoing.pause();
    } else {
      incoming.resume();
    }
  }

  private void remove(NetSocket ended, NetSocket other) {
    sockets.remove(ended);
    // A cut link does not tell the other side.
    if (!cut) {
      other.close();
    }
  }

  private void onLoop(Runnable work) throws Exception {
    Promise<Void> done = Promise.promise();
    vertx.runOnContext(
        now -> {
          work.run();
          done.complete();
        });
    await(done.future());
  }
}
