package dev.starling.notifications;

import static dev.starling.testkit.TestNode.await;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SelfSignedCertificate;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.parsetools.RecordParser;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mail server that says what a test tells it to, for what a good one does not do: refuse, offer
 * encryption or not, fall silent. It speaks as much of SMTP as the client needs.
 */
final class MailScript {
  /** Says nothing at this command. */
  static final String SILENCE = "";

  private final Map<String, String> replies;
  private final @Nullable SelfSignedCertificate certificate;
  private final NetServer server;
  private final Promise<Void> silent = Promise.promise();
  private final List<String> mails = Collections.synchronizedList(new ArrayList<>());
  private final List<String> commands = Collections.synchronizedList(new ArrayList<>());

  /**
   * @param replies to a command, by its line or by its first word in capitals, in place of the
   *     usual one
   * @param certificate null when STARTTLS is not offered
   */
  MailScript(
      Vertx vertx, Map<String, String> replies, @Nullable SelfSignedCertificate certificate) {
    this.replies = replies;
    this.certificate = certificate;
    this.server = await(vertx.createNetServer().connectHandler(this::greet).listen(0, "127.0.0.1"));
  }

  int port() {
    return server.actualPort();
  }

  /** What was sent as a whole, headers and text. */
  List<String> mails() {
    return List.copyOf(mails);
  }

  List<String> commands() {
    return List.copyOf(commands);
  }

  /** Completes when it has said nothing for the first time. */
  Future<Void> silence() {
    return silent.future();
  }

  private void greet(NetSocket socket) {
    socket.write("220 script\r\n");
    listen(socket);
  }

  private void listen(NetSocket socket) {
    StringBuilder data = new StringBuilder();
    boolean[] inData = {false};
    RecordParser lines = RecordParser.newDelimited("\r\n");
    lines.handler(
        line -> {
          String text = line.toString();
          if (!inData[0]) {
            command(socket, text, inData);
          } else if (text.equals(".")) {
            inData[0] = false;
            mails.add(data.toString());
            socket.write("250 taken\r\n");
          } else {
            data.append(text).append('\n');
          }
        });
    socket.handler(lines);
  }

  private void command(NetSocket socket, String line, boolean[] inData) {
    String word = line.split("[ :]", 2)[0].toUpperCase(Locale.ROOT);
    commands.add(line);
    String reply =
        replies.getOrDefault(line, replies.getOrDefault(word, usual(word, socket.isSsl())));
    if (reply.equals(SILENCE)) {
      silent.tryComplete();
      return;
    }
    if (word.equals("STARTTLS") && certificate != null) {
      ServerSSLOptions options =
          new ServerSSLOptions().setKeyCertOptions(certificate.keyCertOptions());
      // Said when the socket is ready to be greeted, or the greeting could be taken for text.
      socket
          .upgradeToSsl(options, Buffer.buffer(reply + "\r\n"))
          .onSuccess(secured -> listen(socket));
      return;
    }
    inData[0] = reply.startsWith("354");
    socket.write(reply + "\r\n");
  }

  private String usual(String word, boolean secure) {
    return switch (word) {
      case "EHLO" -> certificate != null && !secure ? "250-script\r\n250 STARTTLS" : "250 script";
      case "STARTTLS" -> certificate == null ? "502 no" : "220 go on";
      case "DATA" -> "354 go on";
      case "QUIT" -> "221 bye";
      default -> "250 fine";
    };
  }
}
