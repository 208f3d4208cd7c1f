package dev.starling.cluster.inference;

import dev.starling.bus.Principal;
import dev.starling.contract.auth.AuthContract;
import dev.starling.contract.auth.AuthContract.Verified;
import dev.starling.edge.EdgeVerticle;
import dev.starling.openinference.OpenInferenceVerticle;
import dev.starling.sdk.Members;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestModels;
import dev.starling.testkit.TestNode;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * A node in this process: a real edge, the real {@code open-inference}, and small models behind it.
 * Every token is an administrator's.
 */
final class ReplayNode implements AutoCloseable {
  private final TestNode node;
  private final int port;

  ReplayNode(Path directory) throws IOException {
    this.node = new TestNode(directory);
    this.port = freePort();
    node.scope().provide(Members.class, Members.alone("test"));
    node.settings().putObject("http").put("host", "127.0.0.1").put("port", port);
    node.deploy(new TestModels("test"), new Administrators(), new OpenInferenceVerticle());
    node.deploy(new EdgeVerticle());
  }

  int port() {
    return port;
  }

  /** Starts one for {@code scripts/record-oip}, prints its port, and runs until it is ended. */
  public static void main(String[] args) throws IOException {
    ReplayNode started = new ReplayNode(Files.createTempDirectory("replay"));
    Runtime.getRuntime().addShutdownHook(new Thread(started::close));
    System.out.println(started.port());
    System.out.close();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    node.close();
  }

  private static final class Administrators extends ServiceVerticle {
    @Override
    public String name() {
      return AuthContract.SERVICE;
    }

    @Override
    protected Future<?> open() {
      return serve(
          AuthContract.VERIFY,
          (token, call) ->
              Future.succeededFuture(
                  new Verified(new Principal("ada", Set.of("admin")), Long.MAX_VALUE)));
    }
  }
}
