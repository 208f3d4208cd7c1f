package dev.starling.auth;

import static dev.starling.auth.AuthNode.json;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.auth.RevocationStore.Position;
import dev.starling.contract.auth.AuthContract;
import dev.starling.contract.auth.AuthContract.Rejected;
import dev.starling.contract.auth.AuthContract.TokensRevoked;
import dev.starling.contract.auth.AuthContract.Verified;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.postgres.Ownership;
import dev.starling.postgres.Term;
import dev.starling.sdk.NodeScope;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What several nodes have to agree on. */
@Timeout(120)
class ClusterIT {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  @TempDir Path directory;
  private AuthNode node;

  @BeforeEach
  void start() {
    node = new AuthNode(directory);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private static TokenVerdict check(NodeScope scope, String token) {
    Shared shared = AuthNode.sharedOf(scope);
    return shared.newCheck().check(token, AuthNode.CLIENT, shared.clock().millis());
  }

  @Test
  void keys_nodesStartTogether_agreeOnOne() {
    node.startUsers();
    node.startAuth();
    List<NodeScope> others = List.of(node.startAnother(), node.startAnother());

    assertThat(node.count("signing_keys")).isEqualTo(1);
    String token = node.shared().issuer().issue(UUID.randomUUID(), List.of()).text();
    assertThat(others)
        .allSatisfy(other -> assertThat(check(other, token)).isInstanceOf(TokenVerdict.Good.class));
  }

  @Test
  void keys_addedAtTheSameTime_becomeOne() {
    SigningKeyStore store = new SigningKeyStore(node.postgres());
    KeySchedule schedule = new KeySchedule(Duration.ofDays(30), Duration.ofHours(25));
    SigningKey template = SigningKey.generate(new SecureRandom(), node.clock().instant());

    await(
        Future.join(
            IntStream.range(0, 8)
                .mapToObj(
                    i ->
                        store.commit(
                            Background.call(LIMIT),
                            connection ->
                                SigningKeyStore.add(
                                    connection,
                                    new SigningKey(
                                        "key-" + i,
                                        template.privateKey(),
                                        template.publicKey(),
                                        template.signsFrom()),
                                    starts ->
                                        schedule.nextStart(starts, template.signsFrom()) != null)))
                .toList()));

    assertThat(node.count("signing_keys")).isEqualTo(1);
  }

  @Test
  void keys_rotation_isPublishedBeforeItSignsAndOutlivesItsTokens() {
    node.startUsers();
    node.startAuth();
    SigningKeys keys = node.shared().keys();
    SigningKey first = keys.signer();
    String old = issue();

    node.clock().advance(Duration.ofDays(30));
    await(keys.refresh(Background.call(LIMIT)));
    assertThat(keys.verification().byId()).hasSize(2);
    assertThat(keys.signer()).isEqualTo(first);

    node.clock().advance(KeySchedule.PUBLISHED_AHEAD);
    assertThat(keys.signer()).isNotEqualTo(first);
    String beforeRetirement = issue();
    assertThat(node.verify(beforeRetirement)).isInstanceOf(Verified.class);

    node.clock().advance(Duration.ofHours(25));
    await(keys.refresh(Background.call(LIMIT)));
    assertThat(keys.verification().byId()).hasSize(1).doesNotContainKey(first.id());
    assertThat(node.count("signing_keys")).isEqualTo(1);
    assertThat(node.verify(old)).isInstanceOf(Rejected.class);
  }

  @Test
  void keys_rotationDue_isTheOwnersToDo() {
    node.startUsers();
    node.startAuth();
    SigningKeys keys = node.shared().keys();
    node.clock().advance(Duration.ofDays(30));

    await(keys.keepInStep(Background.call(LIMIT), null));
    assertThat(node.count("signing_keys")).as("made by a node that is not the owner").isOne();

    Term term = node.term(SigningKeys.SINGLETON);
    node.rows("UPDATE singletons.ownership SET expires_at = clock_timestamp()");
    await(keys.keepInStep(Background.call(LIMIT), term));
    assertThat(node.count("signing_keys")).as("made in a term that was over").isOne();

    Ownership again = node.join(SigningKeys.SINGLETON);
    await(keys.keepInStep(Background.call(LIMIT), again.term()));
    assertThat(node.count("signing_keys")).isEqualTo(2);
  }

  private String issue() {
    return node.shared().issuer().issue(UUID.randomUUID(), List.of()).text();
  }

  @Test
  void keys_storedPrivateKey_isNotInThePublishedSet() {
    node.startUsers();
    node.startAuth();

    assertThat(new String(node.shared().keys().jwks(), StandardCharsets.UTF_8))
        .contains("\"kid\"")
        .doesNotContain("\"d\"")
        .doesNotContain("\"p\"");
  }

  @Test
  void revocation_onOneNode_isToldToTheOthers() {
    node.startUsers();
    node.startAuth();
    List<TokensRevoked> told = new CopyOnWriteArrayList<>();
    await(new CallerBus(node.node()).subscribe(AuthContract.REVOKED, told::add));

    assertThat(node.revoke(new TokenForge().hs256())).isInstanceOf(Done.class);

    Eventually.get(() -> told, events -> !events.isEmpty());
    assertThat(told)
        .containsExactly(
            new TokensRevoked("token-1", "", 0, node.clock().instant().getEpochSecond() + 600));
  }

  @Test
  void revocation_toldByAnother_isKnownWithoutALookAtTheTable() {
    node.startUsers();
    node.startAuth();
    String token = new TokenForge().hs256();
    assertThat(node.verify(token)).isInstanceOf(Verified.class);

    new CallerBus(node.node())
        .publish(
            AuthContract.REVOKED,
            new TokensRevoked("token-1", "", 0, node.clock().instant().getEpochSecond() + 600));

    Eventually.get(() -> node.verify(token), Rejections.REVOKED.answer()::equals);
    assertThat(node.count("revocations")).isZero();
  }

  @Test
  void revocation_eventLost_reachesTheOtherByItsNextLook() {
    RevocationStore store = new RevocationStore(node.postgres());
    RevocationList list = new RevocationList();
    long start = System.nanoTime();
    RevocationFeed feed = new RevocationFeed(store, list, node.clock(), start);
    long expiry = node.clock().instant().getEpochSecond() + 600;
    await(feed.tick(start));
    assertThat(list.size()).isZero();

    await(store.insert(new TokensRevoked("one", "", 0, expiry), LIMIT));
    await(feed.tick(start + TimeUnit.MILLISECONDS.toNanos(500)));
    assertThat(list.size()).as("not its turn").isZero();
    await(feed.tick(start + TimeUnit.SECONDS.toNanos(1)));
    assertThat(list.size()).isEqualTo(1);

    await(store.insert(new TokensRevoked("", "two", 1, expiry), LIMIT));
    await(feed.look());
    assertThat(list.size()).isEqualTo(2);
  }

  @Test
  void revocation_committedBehindALaterOne_isNotMissed() {
    RevocationStore store = new RevocationStore(node.postgres());
    RevocationList list = new RevocationList();
    RevocationFeed feed = new RevocationFeed(store, list, node.clock(), System.nanoTime());
    long expiry = node.clock().instant().getEpochSecond() + 600;

    await(
        node.postgres()
            .transact(
                LIMIT,
                connection ->
                    RevocationStore.insert(connection, new TokensRevoked("slow", "", 0, expiry))
                        .compose(
                            recorded ->
                                store.insert(new TokensRevoked("fast", "", 0, expiry), LIMIT))
                        .compose(committed -> feed.look())));
    assertThat(list.size()).as("only the fast one is visible").isEqualTo(1);

    await(feed.look());
    assertThat(list.size()).isEqualTo(2);
  }

  @Test
  void revocations_moreThanAPage_areAllRead() {
    long expiry = node.clock().instant().getEpochSecond() + 600;
    await(
        node.postgres()
            .pool()
            .preparedQuery(
                """
                INSERT INTO auth.revocations (token_id, subject, issued_up_to, forget_after)
                SELECT 'token-' || i, '', to_timestamp(0), to_timestamp($1)
                FROM generate_series(1, 2500) AS i""")
            .execute(Tuple.of((double) expiry)));

    node.startUsers();
    node.startAuth();

    assertThat(node.shared().revocationList().size()).isEqualTo(2500);
    assertThat(node.verify(new TokenForge().with("jti", "\"token-2500\"").hs256()))
        .isInstanceOf(Rejected.class);
  }

  @Test
  void position_beforeTheFirstLook_staysAtTheStart() {
    assertThat(Position.START.earlier(Duration.ofMinutes(1))).isEqualTo(Position.START);
  }

  @Test
  void sweep_whatExpired_isRemoved() {
    node.startUsers();
    node.startAuth();
    await(node.seeded());
    json(node.signIn(AuthNode.ADMIN, AuthNode.ADMIN_PASSWORD));
    node.revoke(new TokenForge().hs256());
    assertThat(node.count("refresh_tokens")).isEqualTo(1);
    assertThat(node.count("revocations")).isEqualTo(1);

    node.clock().advance(Duration.ofDays(31));
    await(
        new Sweeper(node.shared(), new Users(new CallerBus(node.node())))
            .sweep(node.term(Sweeper.SINGLETON)));

    assertThat(node.count("refresh_tokens")).isZero();
    assertThat(node.count("revocations")).isZero();
    assertThat(node.count("credentials")).as("the administrator's").isEqualTo(1);
  }
}
