package dev.starling.webhook;

import dev.starling.sdk.NodeScope;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes single attempts to deliver web-hooks.
 *
 * <p>Thread-safe; one for all verticles of a node, which closes it. Futures never fail, complete
 * within the limit and on the caller's context. Nothing waits: an attempt beyond {@code
 * webhooks.max-in-flight}, and one for a receiver that asked for a pause, is {@link Outcome.Later}
 * at once.
 */
public final class WebhookSender implements AutoCloseable {
  /*
   * The name is looked up here and the connection made to the address that was checked, so a name
   * that changes its mind in between leads nowhere. The host of the URL is still what the
   * certificate must be for and what the Host field says. Each attempt has a connection of its own:
   * one that is kept would have been checked for an earlier look-up.
   */

  /** Of the configuration. */
  public static final String SECTION = "webhooks";

  private final Vertx vertx;
  private final WebhooksConfig config;
  private final AllowedHosts allowed;
  private final List<SigningSecret> secrets;
  private final Resolver resolver;
  private final WorkerExecutor worker;
  private final InstantSource clock;
  private final HttpClient client;
  private final Pauses pauses;
  private final AtomicInteger inFlight = new AtomicInteger();

  /** Of hosts that nothing is sent to yet; attempts do not keep them from being looked at. */
  private final AtomicInteger lookUps = new AtomicInteger();

  WebhookSender(
      Vertx vertx,
      WebhooksConfig config,
      List<SigningSecret> secrets,
      WorkerExecutor worker,
      Resolver resolver,
      InstantSource clock) {
    this.vertx = vertx;
    this.config = config;
    this.allowed = config.allowedHosts();
    this.secrets = List.copyOf(secrets);
    this.worker = worker;
    this.resolver = resolver;
    this.clock = clock;
    this.pauses = new Pauses(config.longestPause());
    HttpClientOptions options =
        new HttpClientOptions()
            .setKeepAlive(false)
            .setVerifyHost(true)
            .setConnectTimeout((int) config.timeout().toMillis());
    if (!config.ca().isEmpty()) {
      options.setTrustOptions(new PemTrustOptions().addCertPath(config.ca()));
    }
    this.client =
        vertx.createHttpClient(
            options,
            new PoolOptions().setHttp1MaxSize(config.maxInFlight()).setMaxWaitQueueSize(0));
  }

  /**
   * The sender of a node, made by the first who asks; the node closes it.
   *
   * <p>Fails with a {@link dev.starling.sdk.ConfigException} when there is no usable secret.
   */
  public static Future<WebhookSender> of(NodeScope node, Vertx vertx) {
    WebhooksConfig config = node.config(SECTION, WebhooksConfig.defaults());
    return node.once(
            "webhooks:secrets", () -> vertx.executeBlocking(() -> secrets(node, config), false))
        .map(
            secrets ->
                node.shared(
                    "webhooks",
                    () -> {
                      WorkerExecutor worker = Resolver.threads(vertx);
                      return new WebhookSender(
                          vertx, config, secrets, worker, Resolver.system(worker), node.clock());
                    }));
  }

  private static List<SigningSecret> secrets(NodeScope node, WebhooksConfig config) {
    List<SigningSecret> secrets = new ArrayList<>();
    secrets.add(
        config.secret().isPresent()
            ? SigningSecret.parse(config.secret().value())
            : SecretFile.in(node.dataDirectory()));
    if (config.previousSecret().isPresent()) {
      secrets.add(SigningSecret.parse(config.previousSecret().value()));
    }
    return secrets;
  }

  /** Why nothing can ever be sent to a URL; null when it may be tried. */
  public @Nullable String problemOf(String url) {
    return Target.read(url, allowed) instanceof Target.Refused refused ? refused.reason() : null;
  }

  /**
   * Likewise, with where its host leads now, as each attempt looks at it. Never fails. What cannot
   * be told within the limit is no problem yet, for it is found by the attempt.
   */
  public Future<@Nullable String> problemOf(String url, Duration limit) {
    Target.Reading reading = Target.read(url, allowed);
    if (reading instanceof Target.Refused refused) {
      return Future.succeededFuture(refused.reason());
    }
    Target target = ((Target.Usable) reading).target();
    if (target.trusted()) {
      return Future.succeededFuture();
    }
    if (lookUps.incrementAndGet() > config.maxInFlight()) {
      lookUps.decrementAndGet();
      return Future.succeededFuture();
    }
    Context caller = vertx.getOrCreateContext();
    Promise<@Nullable String> problem = Promise.promise();
    long timer = vertx.setTimer(Math.max(1, limit.toMillis()), late -> problem.tryComplete());
    resolver
        .resolve(target.hostWithoutBrackets())
        .onComplete(
            found -> {
              lookUps.decrementAndGet();
              caller.runOnContext(
                  now ->
                      problem.tryComplete(
                          found.succeeded() ? target.refusal(found.result()) : null));
            });
    return problem.future().onComplete(told -> vertx.cancelTimer(timer));
  }

  /** The longest that an attempt takes. */
  public Duration timeout() {
    return config.timeout();
  }

  /** How many attempts this node makes at once. */
  public int maxInFlight() {
    return config.maxInFlight();
  }

  /** Tries once, signed by the node. The limit is cut to {@code webhooks.timeout}. */
  public Future<Outcome> send(Delivery delivery, Duration limit) {
    return send(delivery, secrets, limit);
  }

  /** Likewise, signed with what the receiver alone was given. */
  public Future<Outcome> send(Delivery delivery, SigningSecret secret, Duration limit) {
    return send(delivery, List.of(secret), limit);
  }

  private Future<Outcome> send(Delivery delivery, List<SigningSecret> signing, Duration limit) {
    Target.Reading reading = Target.read(delivery.url(), allowed);
    if (reading instanceof Target.Refused refused) {
      return Future.succeededFuture(new Outcome.Never(refused.reason()));
    }
    Target target = ((Target.Usable) reading).target();
    String receiver = target.host() + ":" + target.port();
    Duration pause = pauses.left(receiver, System.nanoTime());
    if (!pause.isZero()) {
      return later(receiver + " asked for a pause, which ends in " + pause.toSeconds() + " s");
    }
    if (inFlight.incrementAndGet() > config.maxInFlight()) {
      inFlight.decrementAndGet();
      return later("this node has " + config.maxInFlight() + " web-hooks in flight");
    }
    return attempt(delivery, signing, target, limit)
        .onSuccess(reply -> pauses.ask(receiver, reply.pause(), System.nanoTime()))
        .map(Attempt.Reply::outcome);
  }

  private Future<Attempt.Reply> attempt(
      Delivery delivery, List<SigningSecret> signing, Target target, Duration limit) {
    Context caller = vertx.getOrCreateContext();
    Attempt attempt = new Attempt(client, target, config.maxResponseBytes(), clock);
    long timer =
        vertx.setTimer(
            Math.max(1, Math.min(limit.toMillis(), config.timeout().toMillis())),
            late -> attempt.expire());
    Future<List<InetAddress>> lookUp = resolver.resolve(target.hostWithoutBrackets());
    // A look-up cannot be called off, so it is in flight until it ends: or those of attempts whose
    // time is over would queue up behind a name server that does not answer.
    Future.join(lookUp, attempt.reply()).onComplete(done -> inFlight.decrementAndGet());
    lookUp.onComplete(
        found ->
            caller.runOnContext(
                now -> {
                  if (found.failed()) {
                    attempt.unknownHost();
                  } else {
                    attempt.send(delivery.json(), headers(delivery, signing), found.result());
                  }
                }));
    return attempt.reply().onComplete(done -> vertx.cancelTimer(timer));
  }

  private MultiMap headers(Delivery delivery, List<SigningSecret> signing) {
    long timestamp = clock.instant().getEpochSecond();
    String signatures =
        signing.stream()
            .map(secret -> secret.signature(delivery.id(), timestamp, delivery.json()))
            .collect(Collectors.joining(" "));
    return MultiMap.caseInsensitiveMultiMap()
        .add("content-type", "application/json")
        .add("user-agent", "starling")
        .add("webhook-id", delivery.id())
        .add("webhook-timestamp", Long.toString(timestamp))
        .add("webhook-signature", signatures);
  }

  private static Future<Outcome> later(String reason) {
    return Future.succeededFuture(new Outcome.Later(reason));
  }

  @Override
  public void close() {
    // Both may be closed by Vert.x already, when the node stops.
    client.close();
    worker.close();
  }
}
