package dev.starling.auth;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.auth.AuthContract;
import dev.starling.contract.auth.AuthContract.Verification;
import dev.starling.contract.auth.AuthContract.VerifyToken;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.postgres.Ownership;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.Singletons;
import dev.starling.postgres.Term;
import dev.starling.sdk.Json;
import dev.starling.sdk.LocalCatalog;
import dev.starling.sdk.NodeScope;
import dev.starling.sdk.Pod;
import dev.starling.testkit.ManualClock;
import dev.starling.testkit.TestDatabase;
import dev.starling.testkit.TestNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** A node with the auth service, a users service and a real database. */
final class AuthNode implements AutoCloseable {
  static final String ADMIN = "root@example.org";
  static final String ADMIN_PASSWORD = "the administrator's password";
  static final String CLIENT = "192.0.2.1";

  private final TestNode node;
  private final Postgres postgres;
  private final TestUsers users = new TestUsers();
  private final List<NodeScope> others = new ArrayList<>();
  private final List<String> deployments = new ArrayList<>();
  private String usersDeployment = "";

  AuthNode(Path directory) {
    this.node = new TestNode(directory);
    this.postgres = TestDatabase.provide(node, AuthNode.class);
    await(postgres.migrate("auth", "classpath:db/auth", AuthNode.class.getClassLoader()));
    await(
        postgres
            .pool()
            .query(
                "TRUNCATE auth.credentials, auth.refresh_tokens, auth.signing_keys,"
                    + " auth.revocations")
            .execute());
    node.settings()
        .putObject("auth")
        .put("hs256-secret", TokenForge.SECRET)
        .putObject("hashing")
        .put("memory-kib", 64)
        .put("iterations", 1);
    node.settings().putObject("admin").put("email", ADMIN).put("password", ADMIN_PASSWORD);
  }

  /** A node with everything deployed and its administrator made. */
  static AuthNode start(Path directory) {
    AuthNode node = new AuthNode(directory);
    node.startUsers();
    node.startAuth();
    await(node.seeded());
    return node;
  }

  void startUsers() {
    usersDeployment = node.deploy(users);
    deployments.add(usersDeployment);
  }

  void stopUsers() {
    node.undeploy(usersDeployment);
    deployments.remove(usersDeployment);
  }

  void startAuth() {
    deployments.add(node.deploy(new AuthVerticle()));
  }

  /** A second node of the same cluster, with a configuration and a memory of its own. */
  NodeScope startAnother() {
    NodeScope other =
        new NodeScope(
            "other-" + others.size(),
            "a",
            node.scope().dataDirectory(),
            new LocalCatalog(),
            new SimpleMeterRegistry(),
            node.clock(),
            node.settings());
    other.provide(Postgres.class, postgres);
    others.add(other);
    deployments.add(
        await(
            node.vertx()
                .deployVerticle(new Pod(other, node.busNode(), List.of(new AuthVerticle())))));
    return other;
  }

  /** Ends when the administrator is there. */
  Future<Void> seeded() {
    return seeded(node.scope());
  }

  static Future<Void> seeded(NodeScope scope) {
    return scope.once("auth:admin", () -> Future.failedFuture("was never begun"));
  }

  TestNode node() {
    return node;
  }

  ManualClock clock() {
    return node.clock();
  }

  TestUsers users() {
    return users;
  }

  Postgres postgres() {
    return postgres;
  }

  /** What the instances on a node share. */
  static Shared sharedOf(NodeScope scope) {
    return scope.shared(
        "auth",
        () -> {
          throw new IllegalStateException("the auth service is not deployed");
        });
  }

  Shared shared() {
    return sharedOf(node.scope());
  }

  /** This node's candidacy for a singleton. */
  Ownership join(String singleton) {
    return await(
        Singletons.of(node.scope(), node.vertx())
            .compose(singletons -> singletons.join(singleton)));
  }

  /** This node's right to do what one node does at a time. */
  Term term(String singleton) {
    Term term = join(singleton).term();
    assertThat(term).isNotNull();
    return term;
  }

  OperationReply operate(String operation, Map<String, String> body) {
    return node.operate(
        "auth",
        new OperationRequest(
            operation,
            List.of(),
            "",
            List.of(new Header("content-type", "application/json")),
            CLIENT,
            body.isEmpty() ? new byte[0] : Json.toBytes(body)),
        node.anonymous());
  }

  OperationReply signUp(String email, String password) {
    return operate("auth.signup", Map.of("email", email, "password", password, "name", "Ada"));
  }

  OperationReply signIn(String email, String password) {
    return operate("auth.token", Map.of("email", email, "password", password));
  }

  OperationReply refresh(String token) {
    return operate("auth.refresh", Map.of("refresh_token", token));
  }

  OperationReply revoke(String token) {
    return operate("auth.revoke", Map.of("token", token));
  }

  Verification verify(String token) {
    return node.call(AuthContract.VERIFY, new VerifyToken(token, CLIENT), node.anonymous());
  }

  static JsonNode json(OperationReply reply) {
    assertThat(reply).isInstanceOf(Done.class);
    try {
      return Json.MAPPER.readTree(((Done) reply).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Refused refused(OperationReply reply) {
    assertThat(reply).isInstanceOf(Refused.class);
    return (Refused) reply;
  }

  static String header(OperationReply reply, String name) {
    return reply.headers().stream()
        .filter(header -> header.name().equals(name))
        .map(Header::value)
        .findAny()
        .orElse("");
  }

  /** Rows of a query without arguments. */
  List<Row> rows(String sql) {
    return StreamSupport.stream(await(postgres.pool().query(sql).execute()).spliterator(), false)
        .toList();
  }

  long count(String table) {
    return rows("SELECT count(*) FROM auth." + table).get(0).getLong(0);
  }

  /** Takes the database away while the services run. */
  void closeDatabase() {
    await(postgres.close());
  }

  @Override
  public void close() {
    for (int i = deployments.size() - 1; i >= 0; i--) {
      node.undeploy(deployments.get(i));
    }
    others.forEach(NodeScope::close);
    node.close();
  }
}
