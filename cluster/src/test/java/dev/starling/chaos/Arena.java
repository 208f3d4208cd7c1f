package dev.starling.chaos;

import dev.starling.cluster.tls.CertificateAuthority;
import dev.starling.load.FaultProxy;
import dev.starling.load.LabNode;
import dev.starling.load.OpenLoop;
import dev.starling.postgres.EmbeddedPostgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.PostgresEndpoint;
import dev.starling.testkit.TestRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A lab with everything that a round needs: its users, and a generator of calls. */
final class Arena implements AutoCloseable {
  private static final String NETWORK = "10.88.77";
  private static final int DATABASE_PORT = 5432;
  private static final int CONCURRENCY = 48;
  private static final int DATABASE_PROXY_OFFSET = 220;

  /**
   * @param basePort of 300 successive ports that are used
   * @param unsafeShare of calls that write
   * @param policies more of the policy file, which begins with its limits
   * @param settings of every node, as {@code NAME=value}
   * @param jvm flags of every node's JVM
   * @param prepare changes the settings of single nodes
   */
  record Options(
      Path directory,
      int basePort,
      int accounts,
      double unsafeShare,
      long seed,
      String policies,
      List<String> settings,
      List<String> jvm,
      Consumer<LabNode> prepare) {

    Options with(String setting, String morePolicies) {
      return new Options(
          directory,
          basePort,
          accounts,
          unsafeShare,
          seed,
          policies + morePolicies,
          Stream.concat(settings.stream(), Stream.of(setting)).toList(),
          jvm,
          prepare);
    }
  }

  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final Lab lab;
  private final Accounts directory;
  private final List<Account> accounts;
  private final OpenLoop<Traffic> load;

  private Arena(Options options, Layout layout, List<AutoCloseable> foundations) {
    foundations.forEach(owned::push);
    try {
      lab = own(Lab.start(layout, options));
      directory = new Accounts(lab.edges().get(0));
      accounts = directory.create(options.accounts);
      load = own(Traffic.through(lab.edges(), accounts, options.unsafeShare, options.seed));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** All nodes on loopback, with the database that they start themselves. */
  static Arena onLoopback(Options options) {
    return new Arena(options, Layout.loopback(), List.of());
  }

  /** Likewise, with a proxy before the event bus of each node with the services. */
  static Arena behindProxies(Options options) {
    return new Arena(options, Layout.loopback(), List.copyOf(Late.proxies(options.basePort)));
  }

  /** Likewise, with rules that share limits through a Redis. */
  static Arena withRedis(Options options) {
    TestRedis redis = TestRedis.start();
    return new Arena(
        options.with("STARLING_REDIS_URI=" + redis.uri(), RedisKill.POLICIES),
        Layout.loopback(),
        List.of(redis));
  }

  /** Likewise, with a proxy before the database, and rules that remember answers. */
  static Arena behindDatabaseProxy(Options options) {
    List<AutoCloseable> foundations = new ArrayList<>();
    EmbeddedPostgres postgres =
        EmbeddedPostgres.start(options.directory.resolve("database"), PostgresConfig.defaults());
    foundations.add(postgres);
    int port = options.basePort + DATABASE_PROXY_OFFSET;
    foundations.add(new FaultProxy("127.0.0.1", port, postgres.endpoint().port()));
    return new Arena(
        options.with(
            "STARLING_POSTGRES_URI=" + uri(postgres.endpoint(), "127.0.0.1", port),
            SlowDatabase.POLICIES),
        Layout.loopback(),
        foundations);
  }

  /**
   * Each zone in a network namespace, with certificates, and a database outside of all zones. Needs
   * root.
   */
  static Arena inNamespaces(Options options) {
    List<AutoCloseable> foundations = new ArrayList<>();
    EmbeddedPostgres postgres =
        EmbeddedPostgres.start(options.directory.resolve("database"), PostgresConfig.defaults());
    foundations.add(postgres);
    PostgresEndpoint endpoint = postgres.endpoint();
    Path certificates = options.directory.resolve("certificates");
    CertificateAuthority.in(certificates, Instant.now()).issue("lab", Duration.ofDays(30));
    Namespaces network =
        Namespaces.create(
            "chaos",
            NETWORK,
            List.of(
                "STARLING_POSTGRES_URI="
                    + uri(endpoint, Namespaces.databaseHost(NETWORK), DATABASE_PORT),
                "STARLING_CLUSTER_TLS_ENABLED=true",
                "STARLING_CLUSTER_TLS_CA=" + certificates.resolve("ca.crt"),
                "STARLING_CLUSTER_TLS_CERT=" + certificates.resolve("lab.crt"),
                "STARLING_CLUSTER_TLS_KEY=" + certificates.resolve("lab.key")));
    foundations.add(network);
    foundations.add(new FaultProxy(network.databaseHost(), DATABASE_PORT, endpoint.port()));
    return new Arena(options, network, foundations);
  }

  List<Account> accounts() {
    return accounts;
  }

  Lab lab() {
    return lab;
  }

  private static String uri(PostgresEndpoint endpoint, String host, int port) {
    return "postgresql://%s:%s@%s:%d/%s?sslmode=disable"
        .formatted(endpoint.user(), endpoint.password(), host, port, endpoint.database());
  }

  /** What the place of this arena has and others have not, e.g. a network of its own. */
  <T> T the(Class<T> resource) {
    return owned.stream()
        .filter(resource::isInstance)
        .map(resource::cast)
        .findFirst()
        .orElseThrow();
  }

  /** The proxies before the nodes with the services, in the order of the zones. */
  List<FaultProxy> proxies() {
    List<FaultProxy> found = new ArrayList<>();
    owned
        .descendingIterator()
        .forEachRemaining(
            resource -> {
              if (resource instanceof FaultProxy proxy) {
                found.add(proxy);
              }
            });
    return found;
  }

  Round round(double callsPerSecond) {
    return new Round(lab, load, directory, accounts, callsPerSecond);
  }

  /** Lets the nodes compile what they are going to run. */
  void warmUp(long millis) {
    answered(millis);
  }

  /** Warms the nodes up, and measures how many calls a second they answer at the most. */
  double capacity() {
    warmUp(12_000);
    return answered(4_000);
  }

  /** How many calls a second are answered in a closed loop. */
  private double answered(long millis) {
    long began = System.nanoTime();
    load.closedLoop(CONCURRENCY, millis);
    double seconds = (System.nanoTime() - began) / 1e9;
    List<Sample> all = load.ask(Traffic::takeSamples);
    return all.stream().filter(Sample::succeeded).count() / seconds;
  }

  @Override
  public void close() {
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Exception e) {
        System.err.println("while tidying up: " + e.getMessage());
      }
    }
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.push(resource);
    return resource;
  }
}
