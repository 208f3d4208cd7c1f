package dev.starling.postgres;

import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * JDBC for the rare blocking work: bootstrap, checks, migrations, moving shards. Never for
 * requests.
 */
public final class Jdbc {
  private Jdbc() {}

  /**
   * Connections without a pool.
   *
   * @param connect longest wait for the TCP connection
   * @param statement longest run of one statement, kept by the server; the client gives up waiting
   *     for an answer somewhat later, in case the server is gone
   */
  public static PGSimpleDataSource dataSource(
      PostgresEndpoint endpoint, Duration connect, Duration statement) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {endpoint.host()});
    source.setPortNumbers(new int[] {endpoint.port()});
    source.setDatabaseName(endpoint.database());
    source.setUser(endpoint.user());
    source.setPassword(endpoint.password());
    source.setApplicationName("starling");
    source.setConnectTimeout(seconds(connect));
    source.setSocketTimeout(seconds(statement) + seconds(connect));
    source.setOptions("-c statement_timeout=" + statement.toMillis());
    source.setTcpKeepAlive(true);
    source.setSslMode(endpoint.tls().sslmode());
    if (endpoint.rootCertificate() != null) {
      source.setSslRootCert(endpoint.rootCertificate());
    } else if (endpoint.tls() == Tls.VERIFY_CA || endpoint.tls() == Tls.VERIFY_FULL) {
      source.setSslfactory("org.postgresql.ssl.DefaultJavaSSLFactory");
    }
    return source;
  }

  private static int seconds(Duration duration) {
    return (int) Math.max(1, duration.plusMillis(999).toSeconds());
  }
}
