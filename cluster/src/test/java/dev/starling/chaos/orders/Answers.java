package dev.starling.chaos.orders;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.starling.chaos.orders.Outcome.Browsed;
import dev.starling.chaos.orders.Outcome.Cancelled;
import dev.starling.chaos.orders.Outcome.Placed;
import dev.starling.chaos.orders.Outcome.Reason;
import dev.starling.chaos.orders.Outcome.Refused;
import dev.starling.chaos.orders.Outcome.Shown;
import dev.starling.chaos.orders.Outcome.Stock;
import dev.starling.chaos.orders.Outcome.Unknown;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an HTTP answer lets a client know.
 *
 * <p>An error of the server is a refusal only when it says so ({@code "outcome":"not-executed"});
 * whatever leaves a doubt is unknown. Without state.
 */
final class Answers {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NOT_EXECUTED = "not-executed";

  private Answers() {}

  /**
   * @param replayed whether it has the header that says so
   */
  static Outcome read(Call call, int status, boolean replayed, byte[] body) {
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (IOException e) {
      return new Unknown(status, "not JSON: " + e.getMessage());
    }
    if (status / 100 == 2) {
      return success(call, status, replayed, json);
    }
    return problem(call, status, json);
  }

  private static Outcome success(Call call, int status, boolean replayed, JsonNode json) {
    if (call instanceof Call.Place && json.hasNonNull("id")) {
      return new Placed(json.path("id").asText(), replayed);
    }
    if (call instanceof Call.Read && json.hasNonNull("status")) {
      return new Shown(json.path("status").asText());
    }
    if (call instanceof Call.Browse && json.path("orders").isArray()) {
      List<String> orders = new ArrayList<>();
      json.path("orders").forEach(order -> orders.add(order.path("id").asText()));
      return new Browsed(orders, json.hasNonNull("next_cursor"));
    }
    if (call instanceof Call.Cancel) {
      return new Cancelled();
    }
    if (call instanceof Call.Look
        && json.path("stock").isIntegralNumber()
        && !json.path("stock_is_partial").asBoolean()) {
      return new Stock(json.path("stock").asLong());
    }
    return new Unknown(status, "an answer that nobody can read: " + json);
  }

  private static Outcome problem(Call call, int status, JsonNode json) {
    String detail = json.path("type").asText() + " " + json.path("detail").asText();
    if (status >= 500) {
      return json.path("outcome").asText().equals(NOT_EXECUTED)
          ? new Refused(Reason.NOT_EXECUTED, status, detail)
          : new Unknown(status, detail);
    }
    boolean placing = call instanceof Call.Place;
    Reason reason =
        switch (status) {
          case 404 -> Reason.NOT_FOUND;
          case 409 ->
              !placing
                  ? Reason.OTHER
                  : detail.contains("insufficient-stock")
                      ? Reason.INSUFFICIENT_STOCK
                      : Reason.IN_FLIGHT;
          case 422 -> placing ? Reason.KEY_REUSED : Reason.OTHER;
          case 429 -> Reason.NOT_EXECUTED;
          default -> Reason.OTHER;
        };
    return new Refused(reason, status, detail);
  }
}
