package dev.starling.edge;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.starling.contract.decision.Decision;
import dev.starling.contract.operation.Violation;
import dev.starling.sdk.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
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
  private static final int TYPICAL_LENGTH = 512;

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

  /** The same, remembered under a decision. */
  Problem rememberedAs(Decision made) {
    return new Problem(status, type, title, detail, outcome, errors, violatedPolicies, made);
  }

  /**
   * Written straight into bytes: when a node refuses most of what it is asked for, this is its
   * work.
   */
  byte[] toJson(String requestId) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(TYPICAL_LENGTH);
    try (JsonGenerator json = Json.MAPPER.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("type", type);
      json.writeStringField("title", title);
      json.writeNumberField("status", status);
      if (!detail.isEmpty()) {
        json.writeStringField("detail", detail);
      }
      json.writeStringField("requestId", requestId);
      if (outcome != Outcome.IMPLIED) {
        json.writeStringField("outcome", outcome.toString());
      }
      writeLists(json);
      if (decision != null) {
        write(decision, json);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // into memory: never
    }
    return bytes.toByteArray();
  }

  /**
   * As {@code {"error": "…"}}, for clients of protocols that have it so: what happened, and what is
   * wrong with the request.
   */
  byte[] toMessage() {
    StringBuilder text = new StringBuilder(detail.isEmpty() ? title : detail);
    for (Violation error : errors) {
      text.append("; ").append(error.pointer()).append(": ").append(error.detail());
    }
    return Json.toBytes(Map.of("error", text.toString()));
  }

  private void writeLists(JsonGenerator json) throws IOException {
    if (!errors.isEmpty()) {
      json.writeArrayFieldStart("errors");
      for (Violation error : errors) {
        json.writeStartObject();
        json.writeStringField("pointer", error.pointer());
        json.writeStringField("detail", error.detail());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    if (!violatedPolicies.isEmpty()) {
      json.writeArrayFieldStart("violated-policies");
      for (String violated : violatedPolicies) {
        json.writeString(violated);
      }
      json.writeEndArray();
    }
  }

  private static void write(Decision decision, JsonGenerator json) throws IOException {
    Decision.Refusal refusal = decision.refusal();
    json.writeStringField("decision_id", decision.id());
    json.writeStringField("policy", refusal.rule());
    if (refusal.threshold() != 0 || refusal.observed() != 0) {
      write(json, "threshold", refusal.threshold());
      write(json, "observed", refusal.observed());
    }
  }

  /** Whole numbers without a fraction, others with two digits of it. */
  private static void write(JsonGenerator json, String name, double value) throws IOException {
    double rounded = Math.rint(value * 100) / 100;
    if (rounded == Math.rint(rounded) && Math.abs(rounded) < 1e15) {
      json.writeNumberField(name, (long) rounded);
    } else {
      json.writeNumberField(name, rounded);
    }
  }
}
