package dev.starling.cluster.management;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets operators through: those who show the admin token, or, on a port that is bound to loopback
 * and has no token, those on this machine. Confined to the management port's event loop.
 *
 * <p>On loopback a browser is on this machine too, and runs what strangers wrote. So the request
 * must name this machine, which it does not after a name was rebound to it, and must not come from
 * a page of another origin.
 */
final class AdminGate implements Handler<RoutingContext> {
  private static final Logger log = LoggerFactory.getLogger(AdminGate.class);

  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?::1]?", Pattern.CASE_INSENSITIVE);

  private static final String SCHEME = "bearer ";
  private static final int MAX_FAILURES = 10;
  private static final Duration WINDOW = Duration.ofSeconds(10);
  private static final int MAX_ADDRESSES = 1024;

  private final @Nullable AdminToken token;
  private final LongSupplier nanoTime;
  private final FailedAttempts failures = new FailedAttempts(MAX_FAILURES, WINDOW, MAX_ADDRESSES);

  /**
   * @param token null when being on this machine is enough
   */
  AdminGate(@Nullable AdminToken token, LongSupplier nanoTime) {
    this.token = token;
    this.nanoTime = nanoTime;
  }

  @Override
  public void handle(RoutingContext request) {
    AdminToken wanted = token;
    if (wanted == null) {
      onThisMachine(request);
    } else {
      withToken(request, wanted);
    }
  }

  private static void onThisMachine(RoutingContext request) {
    HttpServerRequest http = request.request();
    HostAndPort host = http.authority();
    String origin = http.getHeader("origin");
    String site = http.getHeader("sec-fetch-site");
    if (host == null || !LOOPBACK.matcher(host.host()).matches()) {
      Problem.send(
          request,
          403,
          "host: "
              + (host == null ? "none" : host.host())
              + " (expected: localhost or a loopback address, without an admin token)");
    } else if (origin != null && !origin.equalsIgnoreCase("http://" + http.getHeader("host"))) {
      Problem.send(request, 403, "origin: another site (expected: none)");
    } else if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      Problem.send(request, 403, "sec-fetch-site: another site (expected: none or same-origin)");
    } else {
      request.next();
    }
  }

  private void withToken(RoutingContext request, AdminToken wanted) {
    long now = nanoTime.getAsLong();
    String address = address(request.request().remoteAddress());
    long wait = failures.waitNanos(address, now);
    if (wait > 0) {
      long seconds = TimeUnit.NANOSECONDS.toSeconds(wait) + 1;
      request.response().putHeader("retry-after", Long.toString(seconds));
      Problem.send(request, 429, "too many wrong tokens from " + address);
      return;
    }
    String shown = request.request().getHeader("authorization");
    if (shown == null) {
      challenge(request, "Bearer realm=\"starling\"", "an admin token is needed");
    } else if (isBearer(shown) && wanted.matches(shown.substring(SCHEME.length()).strip())) {
      request.next();
    } else {
      failures.failed(address, now);
      log.warn("A wrong admin token was shown by {}", address);
      challenge(
          request,
          "Bearer realm=\"starling\", error=\"invalid_token\"",
          "authorization: not the admin token (expected: Bearer <token>)");
    }
  }

  private static boolean isBearer(String shown) {
    return shown.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
  }

  private static void challenge(RoutingContext request, String challenge, String detail) {
    request.response().putHeader("www-authenticate", challenge);
    Problem.send(request, 401, detail);
  }

  /** A host has one address of IPv4, and a network of them, 64 bits, of IPv6. */
  private static String address(@Nullable SocketAddress remote) {
    String text = remote == null ? null : remote.hostAddress();
    if (text == null) {
      return "";
    }
    int groups = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == ':' && ++groups == 4) {
        return text.substring(0, i) + "::/64";
      }
    }
    return text;
  }
}
