package dev.starling.edge;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.decision.Decision;
import dev.starling.contract.operation.Violation;
import dev.starling.sdk.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error as clients see it: problem details of RFC 9457.
 *
 * @param status the HTTP status
 * @param type a URI reference; {@code about:blank} when the status says it all
 * @param title the same for every problem of the type
 * @param detail about this occurrence; empty for none
 * @param outcome whether anything was done
 * @param errors what is wrong with the request
 * @param violatedPolicies the limits that refused
 * @param decision what the traffic policy decided; null when it was not asked
 */
record Problem(
    int status,
    String type,
    String title,
    String detail,
    Outcome outcome,
    List<Violation> errors,
    List<String> violatedPolicies,
    @Nullable Decision decision) {

  /** Whether the request had an effect; clients decide by it whether to try again. */
  enum Outcome {
    /** The status says it: a refused request did nothing. */
    IMPLIED(""),
    NOT_EXECUTED("not-executed"),
    UNKNOWN("unknown");

    private final String text;

    Outcome(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** One that the traffic policy has nothing to do with. */
  Problem(
      int status,
      String type,
      String title,
      String detail,
      Outcome outcome,
      List<Violation> errors) {
    this(status, type, title, detail, outcome, errors, List.of(), null);
  }

  byte[] toJson(String requestId) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("type", type).put("title", title).put("status", status);
    if (!detail.isEmpty()) {
      json.put("detail", detail);
    }
    json.put("requestId", requestId);
    if (outcome != Outcome.IMPLIED) {
      json.put("outcome", outcome.toString());
    }
    if (!errors.isEmpty()) {
      ArrayNode array = json.putArray("errors");
      for (Violation error : errors) {
        array.addObject().put("pointer", error.pointer()).put("detail", error.detail());
      }
    }
    if (!violatedPolicies.isEmpty()) {
      ArrayNode array = json.putArray("violated-policies");
      violatedPolicies.forEach(array::add);
    }
    if (decision != null) {
      Decision.Refusal refusal = decision.refusal();
      json.put("decision_id", decision.id()).put("policy", refusal.rule());
      put(json, "threshold", refusal.threshold());
      put(json, "observed", refusal.observed());
    }
    return Json.toBytes(json);
  }

  /** Whole numbers without a fraction, others with two digits of it. */
  private static void put(ObjectNode json, String name, double value) {
    double rounded = Math.rint(value * 100) / 100;
    if (rounded == Math.rint(rounded) && Math.abs(rounded) < 1e15) {
      json.put(name, (long) rounded);
    } else {
      json.put(name, rounded);
    }
  }
}
