package dev.starling.bench.fusion;

import dev.starling.load.User;
import java.util.List;

/** What somebody tries with what is another user's. */
final class HostileUsers {
  private static final String GROUP = "another user's";
  private static final String DEVICE = "device";
  private static final String STREAM = "text/event-stream";
  private static final int ABSENT = 404;
  private static final int UNAUTHENTICATED = 401;
  private static final int INVALID = 422;

  private HostileUsers() {}

  /**
   * What there is of another user.
   *
   * @param device one that the attacker has none of
   * @param utterance the id of an event
   * @param command that came of it
   */
  record Prey(User user, String device, String utterance, String command) {}

  static List<Attack> by(User attacker, Prey prey, String inside) {
    String device = "/v1/devices/" + prey.device;
    String decision = "/v1/fusion/decisions?utterance=" + prey.utterance;
    String explanation = "/v1/fusion/decisions/" + prey.utterance + "/explanation";
    String said = Household.registration(Household.LIGHT);
    return List.of(
        absent("decision", Request.get(decision), attacker),
        absent("decision, with patience", Request.get(decision + "&wait_ms=200"), attacker),
        absent("explanation", Request.get(explanation), attacker),
        absent("device", Request.get(device), attacker),
        absent("device, removed", Request.delete(device), attacker),
        absent("commands", Request.get(device + "/commands"), attacker),
        absent(
            "stream of commands",
            Request.get(device + "/commands/stream").with("accept", STREAM),
            attacker),
        absent(
            "command, acknowledged",
            Request.post(
                // A device of this name the attacker has too.
                "/v1/devices/" + Household.PHONE + "/commands/" + prey.command + "/ack",
                "{\"status\":\"done\"}"),
            attacker),
        anonymous("decision, by nobody", Request.get(decision)),
        anonymous("events, by nobody", Request.batch("[]")),
        anonymous(
            "stream, by nobody", Request.get("/v1/fusion/decisions/stream").with("accept", STREAM)),
        anonymous("device, by nobody", Request.get(device)),
        anonymous(
            "decision, with another's token cut short",
            Request.get(decision)
                .with("authorization", "Bearer " + prey.user.token().replaceFirst(".$", ""))),
        invalid("a kind that there is not", device(said.replace("light", "toaster")), attacker),
        invalid("a capability that there is not", device(said.replace("dim", "explode")), attacker),
        invalid("a web-hook inside", hooked(said, inside), attacker),
        Attack.of(
            DEVICE,
            "a web-hook to metadata",
            hooked(said, "https://169.254.169.254/x").by(attacker),
            INVALID,
            "link-local"),
        invalid("a name of 10,000", device(said.replace("The lamp", "x".repeat(10_000))), attacker),
        invalid("an id of 65", Request.put("/v1/devices/" + "x".repeat(65), said), attacker),
        invalid(
            "patience without end",
            Request.get("/v1/fusion/decisions?utterance=x&wait_ms=999999999"),
            attacker));
  }

  private static Request device(String json) {
    return Request.put("/v1/devices/hostile", json);
  }

  private static Request hooked(String json, String url) {
    return device(json.replaceFirst("\\{", "{\"webhook\":\"" + url + "\","));
  }

  private static Attack absent(String name, Request request, User by) {
    return Attack.of(GROUP, name, request.by(by), ABSENT, "");
  }

  private static Attack anonymous(String name, Request request) {
    return Attack.of(GROUP, name, request, UNAUTHENTICATED, "");
  }

  private static Attack invalid(String name, Request request, User by) {
    return Attack.of(DEVICE, name, request.by(by), INVALID, "");
  }
}
