package dev.starling.notifications;

import static dev.starling.notifications.NotificationsNode.AT;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.testkit.TestOrders.Order;
import io.vertx.core.Future;
import io.vertx.core.net.SelfSignedCertificate;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a real mail server, and one that misbehaves as it is told. */
@Timeout(60)
class MailerTest {
  private NotificationsNode notifications;
  private @Nullable GreenMail server;

  @BeforeEach
  void start() {
    notifications = new NotificationsNode(Path.of("unused"));
  }

  @AfterEach
  void stop() {
    notifications.close();
    if (server != null) {
      server.stop();
    }
  }

  @Test
  void request_mailServerIsThere_arrivesWithTheRightTextAndId() throws Exception {
    GreenMail mails = serve(freePort());
    Order order = notifications.orderOf("ada@example.org");
    Event request = place(order);

    assertThat(notifications.deliver("mailer", request)).containsExactly(Settled.DONE);

    MimeMessage[] received = mails.getReceivedMessages();
    assertThat(received).hasSize(1);
    assertThat(received[0].getSubject()).isEqualTo("Your order is confirmed");
    assertThat(GreenMailUtil.getBody(received[0]).strip())
        .isEqualTo("Your order %s over 19.99 EUR is confirmed.".formatted(order.id()));
    assertThat(GreenMailUtil.getAddressList(received[0].getAllRecipients()))
        .isEqualTo("ada@example.org");
    assertThat(GreenMailUtil.getAddressList(received[0].getFrom())).isEqualTo("orders@example.org");
    assertThat(received[0].getHeader("Message-ID"))
        .containsExactly("<" + request.id() + "@example.org>");
    assertThat(notifications.channel(order.user(), "email")).isEqualTo("sent");
    assertThat(notifications.list(order.user()).findValuesAsText("sent_at"))
        .containsExactly(notifications.node.clock().instant().toString());
  }

  @Test
  void request_deliveredAtOnceAndAgain_arrivesOnce() throws Exception {
    GreenMail mails = serve(freePort());
    Order order = notifications.orderOf("ada@example.org");
    Event placed = order.placed(AT);
    for (int i = 0; i < 3; i++) {
      notifications.deliver("notifications", placed);
    }
    Event request = notifications.request("mailer", order.user());
    List<Future<Receipt>> deliveries =
        IntStream.range(0, 6).mapToObj(i -> notifications.delivering("mailer", request)).toList();
    List<Verdict> verdicts =
        deliveries.stream().map(delivery -> await(delivery).events().get(0).verdict()).toList();

    assertThat(verdicts).contains(Verdict.DONE).isSubsetOf(Verdict.DONE, Verdict.LATER);
    assertThat(notifications.deliver("mailer", request)).containsExactly(Settled.DONE);
    assertThat(mails.getReceivedMessages()).hasSize(1);
  }

  @Test
  void request_mailServerIsDown_isNoAttemptAndArrivesWhenItIsBack() throws Exception {
    int port = freePort();
    serve(port);
    Order order = notifications.orderOf("ada@example.org");
    Event request = place(order);
    stopServer();

    assertAway(request, "the mail server 127.0.0.1:" + port + " cannot be reached: ");
    assertThat(notifications.channel(order.user(), "email")).isEqualTo("requested");

    GreenMail back = startServer(port);
    assertThat(notifications.deliver("mailer", request)).containsExactly(Settled.DONE);
    assertThat(back.getReceivedMessages()).hasSize(1);
    assertThat(notifications.channel(order.user(), "email")).isEqualTo("sent");
  }

  @Test
  void request_withAPassword_isSentByTheOneWhoHasIt() throws Exception {
    GreenMail mails = startServer(freePort());
    mails.setUser("orders@example.org", "orders", "secret");
    configure(mails.getSmtp().getPort());
    notifications.smtp().put("username", "orders").put("password", "secret");
    deploy();
    Order order = notifications.orderOf("ada@example.org");

    assertThat(notifications.deliver("mailer", place(order))).containsExactly(Settled.DONE);
    assertThat(mails.getReceivedMessages()).hasSize(1);
  }

  @Test
  void request_withAWrongPassword_isForLater() throws Exception {
    GreenMail mails = startServer(freePort());
    mails.setUser("orders@example.org", "orders", "secret");
    configure(mails.getSmtp().getPort());
    notifications.smtp().put("username", "orders").put("password", "hidden");
    deploy();

    List<Settled> verdicts =
        notifications.deliver("mailer", place(notifications.orderOf("ada@example.org")));

    assertThat(verdicts.get(0).verdict()).isEqualTo(Verdict.LATER);
    assertThat(verdicts.get(0).reason()).doesNotContain("hidden");
    assertThat(mails.getReceivedMessages()).isEmpty();
  }

  @Test
  void request_userIsGone_isGivenUp() throws Exception {
    GreenMail mails = serve(freePort());
    Order order = Order.of(100, "EUR", "A");

    assertThat(notifications.deliver("mailer", place(order)))
        .containsExactly(new Settled(Verdict.NEVER, "there is no such user any more"));
    assertThat(notifications.channel(order.user(), "email")).isEqualTo("failed");
    assertThat(mails.getReceivedMessages()).isEmpty();

    // What an operator sends again is tried again.
    notifications.addresses.put(order.user().toString(), "ada@example.org");
    assertThat(verdict(notifications.request("mailer", order.user()))).isEqualTo(Verdict.DONE);
  }

  @ParameterizedTest
  @CsvSource({
    "'ada@example.org, eve@example.org'",
    "'Ada <ada@example.org>'",
    "ada",
    "'ada@example.org\r\nBcc: eve@example.org'"
  })
  void request_addressThatIsMoreThanOne_isGivenUp(String address) throws Exception {
    GreenMail mails = serve(freePort());

    assertThat(verdict(place(notifications.orderOf(address)))).isEqualTo(Verdict.NEVER);
    assertThat(mails.getReceivedMessages()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "RCPT, 550 no such user,      NEVER",
    "RCPT, 553 no such name,      NEVER",
    "RCPT, 450 try again,         LATER",
    "RCPT, 452 too many,          LATER",
    "MAIL, 530 sign in first,     LATER",
    "DATA, 554 looks like spam,   LATER"
  })
  void request_mailServerRefuses_isForLaterUnlessThereIsNoMailbox(
      String command, String reply, Verdict expected) {
    MailScript script =
        new MailScript(notifications.node.vertx(), Map.of(command, reply, "HELO", reply), null);
    configure(script.port());
    deploy();

    assertThat(verdict(place(notifications.orderOf("ada@example.org")))).isEqualTo(expected);
    assertThat(script.mails()).isEmpty();
  }

  @Test
  void request_mailServerCloses_isNoAttempt() {
    MailScript script =
        new MailScript(
            notifications.node.vertx(), Map.of("EHLO", "421 bye", "HELO", "421 bye"), null);
    configure(script.port());
    deploy();

    assertAway(place(notifications.orderOf("ada@example.org")), "421");
  }

  @Test
  void request_mailServerFallsSilent_endsWithTheTimeoutAndIsNoAttempt() {
    MailScript script =
        new MailScript(notifications.node.vertx(), Map.of("MAIL", MailScript.SILENCE), null);
    configure(script.port());
    notifications.smtp().put("timeout", "300ms");
    deploy();

    assertAway(place(notifications.orderOf("ada@example.org")), "cannot be reached");
  }

  @Test
  void request_mailServerIsSilentForOneAndAnswersForAnother_countsForTheOne() {
    MailScript script =
        new MailScript(
            notifications.node.vertx(),
            Map.of("RCPT TO:<eve@example.org>", MailScript.SILENCE),
            null);
    configure(script.port());
    notifications.smtp().put("timeout", "2s");
    deploy();
    Order silent = notifications.orderOf("eve@example.org");
    Event one = place(silent);
    Event another = place(notifications.orderOf("ada@example.org"));

    Future<Receipt> delivering = notifications.delivering("mailer", one);
    await(script.silence());
    assertThat(verdict(another)).isEqualTo(Verdict.DONE);

    assertThat(await(delivering).events().get(0).verdict()).isEqualTo(Verdict.LATER);
    assertThat(notifications.channel(silent.user(), "email")).isEqualTo("requested");
  }

  @Test
  void request_noTimeIsLeft_isForLaterUntried() {
    MailScript script = new MailScript(notifications.node.vertx(), Map.of(), null);
    configure(script.port());
    deploy();
    Event request = place(notifications.orderOf("ada@example.org"));

    assertThat(notifications.deliver("mailer", Duration.ofMillis(340), request))
        .containsExactly(new Settled(Verdict.LATER, "no time was left for it"));
    assertThat(script.commands()).isEmpty();
  }

  @Test
  void starttls_serverOffersIt_isUsed() {
    SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
    try {
      MailScript script = new MailScript(notifications.node.vertx(), Map.of(), certificate);
      configure(script.port());
      notifications
          .smtp()
          .put("host", "localhost")
          .put("tls", "starttls")
          .put("timeout", "20s")
          .put("ca", certificate.certificatePath());
      deploy();

      assertThat(notifications.deliver("mailer", place(notifications.orderOf("ada@example.org"))))
          .containsExactly(Settled.DONE);

      assertThat(script.mails()).hasSize(1);
      assertThat(script.commands().indexOf("STARTTLS"))
          .isBetween(0, indexOf(script.commands(), "MAIL") - 1);
    } finally {
      certificate.delete();
    }
  }

  @Test
  void starttls_serverDoesNotOfferIt_sendsNothing() {
    MailScript script = new MailScript(notifications.node.vertx(), Map.of(), null);
    configure(script.port());
    notifications.smtp().put("tls", "starttls");
    deploy();

    assertThat(verdict(place(notifications.orderOf("ada@example.org")))).isEqualTo(Verdict.LATER);
    assertThat(indexOf(script.commands(), "MAIL")).isNegative();
  }

  @Test
  void starttls_certificateOfAnotherName_sendsNothing() {
    SelfSignedCertificate certificate = SelfSignedCertificate.create("mail.example.org");
    try {
      MailScript script = new MailScript(notifications.node.vertx(), Map.of(), certificate);
      configure(script.port());
      notifications
          .smtp()
          .put("host", "localhost")
          .put("tls", "starttls")
          .put("timeout", "20s")
          .put("ca", certificate.certificatePath());
      deploy();

      assertAway(place(notifications.orderOf("ada@example.org")), "localhost");
      assertThat(indexOf(script.commands(), "MAIL")).isNegative();
    } finally {
      certificate.delete();
    }
  }

  @Test
  void placed_noMailServerConfigured_isForReadingOnly() {
    notifications.deploy(new NotificationsVerticle(), new MailerVerticle());
    Order order = notifications.orderOf("ada@example.org");

    notifications.deliver("notifications", order.placed(AT));

    assertThat(notifications.channel(order.user(), "email")).isEqualTo("none");
    assertThat(notifications.requests("mailer", order.user())).isEmpty();
  }

  private static int indexOf(List<String> commands, String word) {
    return IntStream.range(0, commands.size())
        .filter(i -> commands.get(i).startsWith(word))
        .findFirst()
        .orElse(-1);
  }

  private Verdict verdict(Event request) {
    return notifications.deliver("mailer", request).get(0).verdict();
  }

  /** It is not tried, as nobody's fault. */
  private void assertAway(Event request, String why) {
    assertThatThrownBy(() -> notifications.deliver("mailer", request))
        .isInstanceOfSatisfying(
            BusException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE))
        .hasMessageContaining(why);
  }

  /** Has an order told of, and gives the request to send it. */
  private Event place(Order order) {
    notifications.deliver("notifications", order.placed(AT));
    return notifications.request("mailer", order.user());
  }

  private GreenMail serve(int port) {
    GreenMail started = startServer(port);
    configure(port);
    deploy();
    return started;
  }

  private void configure(int port) {
    notifications.mailTo(port);
  }

  private void deploy() {
    notifications.deploy(new NotificationsVerticle(), new MailerVerticle());
    notifications.deploy(new MailerVerticle());
  }

  private GreenMail startServer(int port) {
    GreenMail started =
        new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    server = started;
    started.start();
    return started;
  }

  private void stopServer() {
    if (server != null) {
      server.stop();
      server = null;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
