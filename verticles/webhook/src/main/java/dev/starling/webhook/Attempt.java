package dev.starling.webhook;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One exchange with a receiver. Confined to the caller's context.
 *
 * <p>The status decides; the body is read to its end or its bound only so that the receiver sees a
 * connection that ends as it should.
 */
final class Attempt {
  private static final int OK = 200;
  private static final int REDIRECTION = 300;
  private static final int CLIENT_ERROR = 400;
  private static final int GONE = 410;

  private final HttpClient client;
  private final Target target;
  private final int maxResponseBytes;
  private final InstantSource clock;
  private final Promise<Reply> reply = Promise.promise();
  private @Nullable HttpClientRequest request;
  private @Nullable Reply decided;
  private boolean over;
  private int received;

  /**
   * @param pause that the receiver asked for; zero for none
   */
  record Reply(Outcome outcome, Duration pause) {}

  Attempt(HttpClient client, Target target, int maxResponseBytes, InstantSource clock) {
    this.client = client;
    this.target = target;
    this.maxResponseBytes = maxResponseBytes;
    this.clock = clock;
  }

  Future<Reply> reply() {
    return reply.future();
  }

  /** The time is over. */
  void expire() {
    cut(later("no answer in time"));
  }

  void unknownHost() {
    cut(later("the host cannot be found"));
  }

  /** Connects to one of the addresses that the host has, if they may be connected to. */
  void send(String json, MultiMap headers, List<InetAddress> addresses) {
    String refusal = target.refusal(addresses);
    if (refusal != null) {
      cut(new Reply(new Outcome.Never(refusal), Duration.ZERO));
      return;
    }
    if (over) {
      return;
    }
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setServer(
                SocketAddress.inetSocketAddress(
                    new InetSocketAddress(addresses.get(0), target.port())))
            .setHost(target.hostWithoutBrackets())
            .setPort(target.port())
            .setSsl(target.tls())
            .setURI(target.pathAndQuery())
            .setFollowRedirects(false)
            .setHeaders(headers);
    client
        .request(options)
        .compose(
            made -> {
              request = made;
              return over ? made.reset().mapEmpty() : made.send(json);
            })
        .onComplete(this::answered, this::failed);
  }

  private void answered(@Nullable HttpClientResponse response) {
    if (over || response == null) {
      return;
    }
    Reply known = read(response);
    decided = known;
    response.handler(
        part -> {
          received += part.length();
          if (received > maxResponseBytes) {
            cut(known);
          }
        });
    response.exceptionHandler(lost -> cut(known));
    response.endHandler(
        end -> {
          over = true;
          reply.tryComplete(known);
        });
  }

  private Reply read(HttpClientResponse response) {
    int status = response.statusCode();
    if (status >= OK && status < REDIRECTION) {
      return new Reply(new Outcome.Delivered(), Duration.ZERO);
    }
    if (status == GONE) {
      return new Reply(new Outcome.Never(of("answered 410, it wants no more")), Duration.ZERO);
    }
    String what =
        status >= REDIRECTION && status < CLIENT_ERROR
            ? "answered " + status + ", and redirects are not followed"
            : "answered " + status;
    return new Reply(
        new Outcome.Later(of(what)),
        RetryAfter.read(response.getHeader("retry-after"), clock.instant()));
  }

  private void failed(Throwable failure) {
    cut(later(String.valueOf(failure.getMessage())));
  }

  /** Ends it with what is known, at the latest now. */
  private void cut(Reply otherwise) {
    if (over) {
      return;
    }
    over = true;
    HttpClientRequest open = request;
    if (open != null) {
      open.reset();
    }
    Reply known = decided;
    reply.tryComplete(known == null ? otherwise : known);
  }

  private Reply later(String what) {
    return new Reply(new Outcome.Later(of(what)), Duration.ZERO);
  }

  private String of(String what) {
    return target.host() + ":" + target.port() + ": " + what;
  }
}
