package dev.starling.bench.fusion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.starling.bench.Bed;
import dev.starling.bench.Checks;
import dev.starling.bench.fusion.EventJson.Origin;
import dev.starling.bench.fusion.FusionTables.EventKey;
import dev.starling.bench.fusion.HostileUsers.Prey;
import dev.starling.load.LabNode;
import dev.starling.load.User;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Requests that are made to do harm, one after the other, each of which must be answered as it
 * should be; afterwards the node must be as it was, and so must be what is another user's.
 */
final class Hostile implements Part.Play {
  private static final String PART = "hostile";
  private static final int LATENESS_MILLIS = 300;
  private static final String UTTERANCE = "theirs-said";
  private static final String PRIVATE_DEVICE = "private-lamp";
  private static final String COMMANDS = "/v1/devices/" + Household.PHONE + "/commands";
  private static final double MOST_SECONDS = 5;
  private static final double MOST_HEAP_GROWTH_MIB = 64;

  /** So that what is there before is there afterwards. */
  private static final Map<String, String> LASTING = Map.of("STARLING_FUSION_COMMAND_TTL", "1h");

  private final Setting setting;

  Hostile(Setting setting) {
    this.setting = setting;
  }

  /**
   * What came of a request.
   *
   * @param wrong what is not as it should be; empty when nothing is
   */
  private record Outcome(Attack attack, double seconds, boolean accepted, String wrong) {}

  @Override
  public void play() throws IOException, SQLException {
    try (Bed bed = setting.start(PART, 1, LATENESS_MILLIS, LASTING);
        FusionTables tables = new FusionTables(setting.home(PART).resolve("data"));
        Ear ear = new Ear()) {
      LabNode node = bed.nodes().get(0);
      node.await(
          "serving its embedding model", () -> node.metric("inference_models_ready", "") >= 1);
      List<Household> households = Households.create(node, 2);
      Client client = new Client(node);
      User attacker = households.get(0).user();
      Prey prey = prey(client, households.get(1).user());
      node.await("with the other user's command", () -> isBooked(client, prey));
      JsonNode before = possessions(client, prey);
      Memory memoryBefore = Memory.of(node);
      List<Attack> attacks = new ArrayList<>(new HostileEvents(attacker, ear.url()).all());
      attacks.addAll(HostileUsers.by(attacker, prey, ear.url()));
      List<Outcome> outcomes = new ArrayList<>();
      for (Attack attack : attacks) {
        outcomes.add(attempt(client, attack));
      }
      boolean apart = sameIdsAreTheirOwn(client, attacker, prey);
      boolean answers = decides(client, attacker, "afterwards");
      boolean intact = possessions(client, prey).equals(before);
      report(outcomes);
      check(
          outcomes,
          rows(tables, attacker),
          ear.calls(),
          new Aftermath(apart, intact, answers, node.isAlive(), memoryBefore, Memory.of(node)));
    }
  }

  /**
   * How things are when it is over.
   *
   * @param apart whether the attacker's event with another user's ids is an event of its own
   * @param intact whether what is the other user's is as it was
   * @param answers whether an utterance is still decided
   */
  private record Aftermath(
      boolean apart, boolean intact, boolean answers, boolean alive, Memory before, Memory after) {}

  /** Somebody with a device, a decision and a command. */
  private static Prey prey(Client client, User user) {
    Request put =
        Request.put("/v1/devices/" + PRIVATE_DEVICE, Household.registration(Household.LIGHT))
            .by(user);
    client.send(put).expected(put);
    if (!decides(client, user, "theirs")) {
      throw new IllegalStateException("an utterance was not decided, or without a command");
    }
    Request get = decision(UTTERANCE).by(user);
    String command = client.send(get).expected(get).json().path("command").asText();
    return new Prey(user, PRIVATE_DEVICE, UTTERANCE, command);
  }

  private static boolean isBooked(Client client, Prey prey) {
    Request get = Request.get(COMMANDS).by(prey.user());
    return client.send(get).expected(get).body().contains(prey.command());
  }

  /** Takes a picture and speaks; whether it becomes a command. */
  private static boolean decides(Client client, User user, String prefix) {
    Instant now = Instant.now();
    EventJson json = new EventJson();
    String image = prefix + "-image";
    String said = prefix + "-said";
    json.image(new Origin(Household.PHONE, image, now.minusMillis(500), now), image, "", "");
    json.speech(
        new Origin(Household.PHONE, said, now, now), "set the photo i just took as wallpaper");
    Request events = Request.batch(json.list()).by(user);
    client.send(events).expected(events);
    Client.Answer answer = client.send(decision(said).by(user));
    return answer.status() == 200
        && answer.json().path("target").path("id").asText().equals(image)
        && !answer.json().path("command").asText().isEmpty();
  }

  private static Request decision(String utterance) {
    return Request.get("/v1/fusion/decisions?utterance=" + utterance + "&wait_ms=10000");
  }

  /** What the other user sees of theirs. */
  private static JsonNode possessions(Client client, Prey prey) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (String path :
        List.of(
            "/v1/devices",
            COMMANDS,
            "/v1/fusion/decisions?utterance=" + UTTERANCE,
            "/v1/fusion/decisions/" + UTTERANCE + "/explanation")) {
      Request get = Request.get(path).by(prey.user());
      all.add(client.send(get).expected(get).json());
    }
    return all;
  }

  /** The ids of another user's event are free for one's own. */
  private static boolean sameIdsAreTheirOwn(Client client, User attacker, Prey prey) {
    Instant now = Instant.now();
    EventJson json = new EventJson();
    Origin same = new Origin(Household.PHONE, prey.utterance(), now, now);
    Request event =
        Request.batch(json.speech(same, "dim the lamp to 10 percent").list()).by(attacker);
    JsonNode answer = client.send(event).expected(event).json();
    return answer.path("accepted").asInt() == 1 && answer.path("duplicates").asInt() == 0;
  }

  private static Outcome attempt(Client client, Attack attack) {
    long begun = System.nanoTime();
    Client.Answer answer = client.send(attack.request());
    double seconds = (System.nanoTime() - begun) / 1e9;
    return new Outcome(attack, seconds, answer.isSuccess(), wrong(attack, answer));
  }

  /** The status must be right, and what is refused must say what is wrong. */
  private static String wrong(Attack attack, Client.Answer answer) {
    if (!attack.statuses().contains(answer.status())) {
      return answer.status() + " (expected: " + attack.statuses() + ") " + answer.body();
    }
    String said = answer.body().toLowerCase(Locale.ROOT);
    if (!said.contains(attack.says().toLowerCase(Locale.ROOT))) {
      return answer.body() + " (expected: something with " + attack.says() + ")";
    }
    return answer.isSuccess() || said.contains("\"title\"") ? "" : "no problem document: " + said;
  }

  /** What is in the log of the attacker's. */
  private static long rows(FusionTables tables, User attacker) throws SQLException {
    UUID user = UUID.fromString(attacker.id());
    List<EventKey> theirs = new ArrayList<>();
    tables.events(
        event -> {
          if (event.user().equals(user) && event.id().startsWith("hostile-")) {
            theirs.add(event);
          }
        });
    return theirs.size();
  }

  private void report(List<Outcome> outcomes) {
    Map<String, List<Outcome>> groups = new LinkedHashMap<>();
    for (Outcome outcome : outcomes) {
      groups.computeIfAbsent(outcome.attack.group(), first -> new ArrayList<>()).add(outcome);
    }
    setting.print(
        "%nhostile: %d requests against one node%n%n"
            + "| tries | requests | as expected | slowest s |%n"
            + "|---|---:|---:|---:|",
        outcomes.size());
    groups.forEach(
        (group, all) ->
            setting.print(
                "| %s | %d | %d | %.2f |",
                group,
                all.size(),
                all.stream().filter(each -> each.wrong.isEmpty()).count(),
                all.stream().mapToDouble(Outcome::seconds).max().orElse(Double.NaN)));
    setting.print("");
    outcomes.stream()
        .filter(each -> !each.wrong.isEmpty())
        .forEach(
            each ->
                setting.print("%s, %s: %s", each.attack.group(), each.attack.name(), each.wrong));
  }

  private void check(List<Outcome> outcomes, long rows, int fetched, Aftermath aftermath) {
    Checks checks = setting.checks();
    checks.heading();
    checks.atMost(
        "not as expected", outcomes.stream().filter(each -> !each.wrong.isEmpty()).count(), 0, "");
    checks.atMost(
        "slowest answer",
        outcomes.stream().mapToDouble(Outcome::seconds).max().orElse(Double.NaN),
        MOST_SECONDS,
        "s");
    long accepted =
        outcomes.stream()
            .filter(each -> each.accepted && each.attack.request().path().equals(Request.EVENTS))
            .count();
    checks.atMost("events of refused requests in the log", (double) rows - accepted, 0, "");
    checks.atLeast("events of accepted ones", rows, accepted, "");
    checks.atMost("addresses that were called because they were named", fetched, 0, "");
    checks.atLeast("an event with another's ids is an own one", is(aftermath.apart), 1, "");
    checks.atLeast("what is another's is as it was", is(aftermath.intact), 1, "");
    checks.atLeast(
        "the same process answers and decides", is(aftermath.alive && aftermath.answers), 1, "");
    checks.atMost(
        "growth of the live heap",
        Memory.mib(aftermath.after.heapBytes() - aftermath.before.heapBytes()),
        MOST_HEAP_GROWTH_MIB,
        "MiB");
  }

  private static int is(boolean so) {
    return so ? 1 : 0;
  }
}
