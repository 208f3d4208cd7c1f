package dev.starling.postgres;

import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.PoolOptions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Translates a config and an endpoint into the options of the Vert.x client. */
final class PoolSettings {
  /** Statements sent ahead of their answers on one connection; a transaction rarely has more. */
  private static final int PIPELINING_LIMIT = 32;

  /**
   * Distinct statements of all verticles together; each costs some kilobytes per connection. One
   * more, asked for in turn, and all of them are planned again each time: a command of fusion takes
   * some 16, in each of 32 shards.
   */
  private static final int PREPARED_STATEMENTS = 1_024;

  private static final int MAX_LIFETIME_MINUTES = 30;

  /** How long one probe waits for an answer, and for each step on the way to it. */
  static final Duration PROBE_LIMIT = Duration.ofSeconds(1);

  /** One that works, and some that have not yet been found broken. */
  static final int PROBE_CONNECTIONS = 4;

  private static final int PROBE_IDLE_SECONDS = 10;

  private PoolSettings() {}

  static PoolOptions pool(PostgresConfig config) {
    return new PoolOptions()
        .setMaxSize(config.poolSize())
        .setMaxWaitQueueSize(config.maxWaiting())
        .setConnectionTimeout((int) config.acquireTimeout().toMillis())
        .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS)
        .setMaxLifetime(MAX_LIFETIME_MINUTES)
        .setMaxLifetimeUnit(TimeUnit.MINUTES);
  }

  static NetClientOptions transport(PostgresConfig config) {
    int connectMillis = (int) config.connectTimeout().toMillis();
    return new NetClientOptions()
        .setConnectTimeout(connectMillis)
        .setTcpKeepAlive(true)
        // A peer that stops acknowledging is gone: close before the kernel's 15 minutes.
        .setTcpUserTimeout(connectMillis + (int) config.statementTimeout().toMillis());
  }

  /** For {@link PrimaryProbe}. */
  static PoolOptions probePool() {
    return new PoolOptions()
        .setMaxSize(PROBE_CONNECTIONS)
        .setMaxWaitQueueSize(1)
        .setConnectionTimeout((int) PROBE_LIMIT.toMillis())
        .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS)
        .setIdleTimeout(PROBE_IDLE_SECONDS)
        .setIdleTimeoutUnit(TimeUnit.SECONDS);
  }

  static NetClientOptions probeTransport() {
    int limitMillis = (int) PROBE_LIMIT.toMillis();
    return new NetClientOptions().setConnectTimeout(limitMillis).setTcpUserTimeout(2 * limitMillis);
  }

  static PgConnectOptions connection(PostgresConfig config, PostgresEndpoint endpoint) {
    String statementMillis = Long.toString(config.statementTimeout().toMillis());
    PgConnectOptions options =
        new PgConnectOptions()
            .setHost(endpoint.host())
            .setPort(endpoint.port())
            .setDatabase(endpoint.database())
            .setUser(endpoint.user())
            .setPassword(endpoint.password())
            .setCachePreparedStatements(true)
            .setPreparedStatementCacheMaxSize(PREPARED_STATEMENTS)
            .setPipeliningLimit(PIPELINING_LIMIT)
            .addProperty("application_name", "starling")
            // Statements look rows up by keys: what the arguments are changes no plan, and to plan
            // the first five runs of each, in each shard, on each connection, takes longer than to
            // run them.
            .addProperty("plan_cache_mode", "force_generic_plan")
            .addProperty("statement_timeout", statementMillis)
            // A node that freezes inside a transaction must not keep its row locks.
            .addProperty("idle_in_transaction_session_timeout", statementMillis);
    options.setMetricsName("postgres");
    return secured(options, endpoint);
  }

  private static PgConnectOptions secured(PgConnectOptions options, PostgresEndpoint endpoint) {
    return switch (endpoint.tls()) {
      case DISABLE -> options.setSslMode(SslMode.DISABLE);
      case REQUIRE ->
          options
              .setSslMode(SslMode.REQUIRE)
              .setSslOptions(
                  new ClientSSLOptions().setTrustAll(true).setHostnameVerificationAlgorithm(""));
      case VERIFY_CA ->
          options
              .setSslMode(SslMode.VERIFY_CA)
              .setSslOptions(trusting(endpoint).setHostnameVerificationAlgorithm(""));
      case VERIFY_FULL ->
          options
              .setSslMode(SslMode.VERIFY_FULL)
              .setSslOptions(trusting(endpoint).setHostnameVerificationAlgorithm("HTTPS"));
    };
  }

  private static ClientSSLOptions trusting(PostgresEndpoint endpoint) {
    String rootCertificate = endpoint.rootCertificate();
    return new ClientSSLOptions()
        .setTrustOptions(
            rootCertificate == null
                ? authoritiesOfTheJvm()
                : new PemTrustOptions().addCertPath(rootCertificate));
  }

  private static TrustOptions authoritiesOfTheJvm() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      TrustManager[] managers = factory.getTrustManagers();
      return TrustOptions.wrap(managers[0]);
    } catch (GeneralSecurityException e) {
      throw new PostgresException("cannot read the certificate authorities of this JVM", e);
    }
  }
}
