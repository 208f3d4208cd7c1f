package dev.starling.bench.inference;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.load.LabNode;
import dev.starling.load.Pause;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Points are stored one request after the other until the node is killed, and it is started again,
 * several times. Whatever was acknowledged must be found by its vector, since the rows are the
 * truth and the index is made of them.
 */
final class AcknowledgedPoints {
  private static final String PART = "vectors";
  private static final String COLLECTION = "/v1/vectors/kept";
  private static final int DIMENSION = 32;
  private static final int BATCH = 50;

  private final Setting setting;
  private int acknowledged;

  AcknowledgedPoints(Setting setting) {
    this.setting = setting;
  }

  void play() throws IOException {
    try (ModelNode started =
        ModelNode.start(
            setting,
            PART,
            List.of(),
            Map.of("STARLING_VERTICLES_RUN", "edge,auth,users,rate-limiter,vectors"),
            models -> {})) {
      LabNode node = started.node();
      Administrator client = started.administrator();
      Administrator.Answer made =
          client.put(COLLECTION, "{\"dimension\":%d,\"metric\":\"cosine\"}".formatted(DIMENSION));
      if (made.status() / 100 != 2) {
        throw new IllegalStateException(COLLECTION + ": " + made.status() + " " + made.body());
      }
      for (int kill = 1; kill <= setting.rounds(); kill++) {
        storeUntilKilled(node, client);
        node.start();
        node.awaitReady();
        node.await("complete", () -> isComplete(client));
        setting.note("%s: kill %d: %d points acknowledged", PART, kill, acknowledged);
      }
      report(client);
    }
  }

  /** Points are numbered, and those below {@code acknowledged} were. */
  private void storeUntilKilled(LabNode node, Administrator client) {
    AtomicBoolean killed = new AtomicBoolean();
    Thread killer =
        new Thread(
            () -> {
              Pause.millis(1_000L * setting.seconds());
              node.kill();
              killed.set(true);
            },
            "killer");
    killer.start();
    while (!killed.get()) {
      Administrator.Answer answer = client.post(COLLECTION + "/points", points(acknowledged));
      if (answer.status() / 100 == 2) {
        acknowledged += BATCH;
      } else if (answer.status() != 0 && !killed.get()) {
        setting.note("%s: %d %s", PART, answer.status(), answer.body());
      }
    }
    try {
      killer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static boolean isComplete(Administrator client) {
    Administrator.Answer answer = client.get(COLLECTION);
    return answer.status() == 200 && answer.json().path("complete").asBoolean();
  }

  private void report(Administrator client) {
    int found = 0;
    int foundByGraph = 0;
    for (int number = 0; number < acknowledged; number++) {
      found += isFound(client, number, true) ? 1 : 0;
      foundByGraph += isFound(client, number, false) ? 1 : 0;
    }
    setting.print(
        "%nvectors: points of %d numbers are stored while their node is killed%n%n"
            + "| kills | acknowledged | found, each compared | found by the graph |%n"
            + "|---:|---:|---:|---:|%n"
            + "| %d | %d | %d | %d |%n",
        DIMENSION, setting.rounds(), acknowledged, found, foundByGraph);
    setting.checks().heading();
    setting.checks().atLeast("acknowledged", acknowledged, BATCH, "");
    setting.checks().atMost("acknowledged and not found", acknowledged - found, 0, "");
  }

  private static boolean isFound(Administrator client, int number, boolean exact) {
    String search = "{\"vector\":%s,\"k\":1,\"exact\":%b}".formatted(vector(number), exact);
    Administrator.Answer answer = client.post(COLLECTION + "/search", search);
    JsonNode match = answer.status() == 200 ? answer.json().path("matches").path(0) : null;
    return match != null && match.path("id").asText().equals(id(number));
  }

  private static String points(int from) {
    return IntStream.range(from, from + BATCH)
        .mapToObj(number -> "{\"id\":\"%s\",\"vector\":%s}".formatted(id(number), vector(number)))
        .collect(Collectors.joining(",", "{\"points\":[", "]}"));
  }

  private static String id(int number) {
    return "point-" + number;
  }

  /** A number has one vector, so that nothing has to be remembered. */
  private static String vector(int number) {
    SplittableRandom random = new SplittableRandom(number);
    return IntStream.range(0, DIMENSION)
        .mapToObj(i -> Float.toString((float) random.nextDouble(-1, 1)))
        .collect(Collectors.joining(",", "[", "]"));
  }
}
