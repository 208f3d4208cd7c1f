package dev.starling.cluster;

import dev.starling.cluster.config.ClusterConfig;
import dev.starling.cluster.management.Health;
import dev.starling.cluster.routing.HeartbeatExchange;
import dev.starling.cluster.sockets.PeerSockets;
import dev.starling.cluster.sockets.Refusals;
import dev.starling.cluster.tls.CertificateExpiry;
import dev.starling.cluster.tls.NodeCredentials;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a node's three ways to others (membership, event bus, idle links) are secured: all by the
 * same certificate, or none. Immutable, thread-safe.
 */
final class ClusterSecurity {
  private static final Logger log = LoggerFactory.getLogger(ClusterSecurity.class);
  private static final long REMIND_MILLIS = TimeUnit.DAYS.toMillis(1);

  private final Optional<NodeCredentials> credentials;
  private final Refusals refusals = new Refusals(System::nanoTime);
  private final InstantSource clock;

  private ClusterSecurity(Optional<NodeCredentials> credentials, InstantSource clock) {
    this.credentials = credentials;
    this.clock = clock;
  }

  /**
   * Reads and checks the certificates if there are to be any.
   *
   * @throws dev.starling.sdk.ConfigException with one line when they cannot be used
   */
  static ClusterSecurity of(ClusterConfig config, InstantSource clock) {
    return new ClusterSecurity(
        config.tls().enabled() && !config.standalone()
            ? Optional.of(NodeCredentials.load(config.tls(), clock.instant()))
            : Optional.empty(),
        clock);
  }

  /** What the operator should hear before the node starts. */
  List<String> warnings() {
    return credentials.map(NodeCredentials::warnings).orElse(List.of());
  }

  PeerSockets sockets() {
    return credentials
        .map(own -> PeerSockets.tls(own.sslContext(), refusals))
        .orElseGet(() -> PeerSockets.plain(refusals));
  }

  EventBusOptions secure(EventBusOptions options) {
    // The default of trustAll is true, and host names are not compared (package-info of tls).
    return credentials
        .map(own -> own.applyTo(options).setTrustAll(false).setClientAuth(ClientAuth.REQUIRED))
        .orElse(options);
  }

  HeartbeatExchange.Links links() {
    return credentials
        .map(
            own ->
                new HeartbeatExchange.Links(
                    own.applyTo(new NetServerOptions()).setClientAuth(ClientAuth.REQUIRED),
                    own.applyTo(new NetClientOptions())
                        .setTrustAll(false)
                        .setHostnameVerificationAlgorithm("")))
        .orElseGet(HeartbeatExchange.Links::plain);
  }

  /** Keeps the operator informed of refused connections and of the certificate's expiry. */
  void watch(Vertx vertx, Health health, MeterRegistry meters) {
    FunctionCounter.builder("cluster.connections.refused", refusals, Refusals::count)
        .description("Membership connections that came to nothing because of what the peer is")
        .register(meters);
    credentials
        .map(own -> new CertificateExpiry(own.expires()))
        .ifPresent(expiry -> watch(expiry, vertx, health, meters));
  }

  private void watch(CertificateExpiry expiry, Vertx vertx, Health health, MeterRegistry meters) {
    Gauge.builder("cluster.certificate.days.left", expiry, left -> left.daysLeft(clock.instant()))
        .description("Days until this node's certificate expires; negative after it has")
        .register(meters);
    // It never fails: all nodes would be out of service at once, though connections still work.
    health.add("certificate", () -> Future.succeededFuture(new Health.Note(describe(expiry))));
    remind(expiry);
    vertx.setPeriodic(REMIND_MILLIS, day -> remind(expiry));
  }

  private void remind(CertificateExpiry expiry) {
    if (expiry.needsAction(clock.instant())) {
      log.warn("cluster.tls.cert {}", describe(expiry));
    }
  }

  private String describe(CertificateExpiry expiry) {
    return expiry.describe(clock.instant());
  }
}
