package dev.starling.chaos.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.chaos.orders.Outcome.Browsed;
import dev.starling.chaos.orders.Outcome.Placed;
import dev.starling.chaos.orders.Outcome.Reason;
import dev.starling.chaos.orders.Outcome.Stock;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AnswersTest {
  private static final Call PLACE = new Call.Place("ann", "k", Map.of("A", 1));

  @Test
  void created_placed() {
    assertThat(read(PLACE, 201, "{'id':'o'}")).isEqualTo(new Placed("o", false));
  }

  @Test
  void page_namesOrdersAndWhetherThereAreMore() {
    Call browse = new Call.Browse("ann", 2, "");

    assertThat(read(browse, 200, "{'orders':[{'id':'p'},{'id':'o'}],'next_cursor':'c'}"))
        .isEqualTo(new Browsed(List.of("p", "o"), true));
    assertThat(read(browse, 200, "{'orders':[],'next_cursor':null}"))
        .isEqualTo(new Browsed(List.of(), false));
  }

  @Test
  void product_tellsItsStock() {
    assertThat(read(new Call.Look("ann", "A"), 200, "{'stock':7}")).isEqualTo(new Stock(7));
  }

  @Test
  void success_thatNobodyCanRead_isUnknown() {
    assertThat(read(PLACE, 201, "{}")).isInstanceOf(Outcome.Unknown.class);
    assertThat(read(PLACE, 201, "<html>")).isInstanceOf(Outcome.Unknown.class);
  }

  @Test
  void product_ofWhichAPartIsNotCounted_isUnknown() {
    assertThat(read(new Call.Look("ann", "A"), 200, "{'stock':7,'stock_is_partial':true}"))
        .isInstanceOf(Outcome.Unknown.class);
  }

  @ParameterizedTest
  @CsvSource({
    "503, not-executed, true",
    "504, not-executed, true",
    "504, unknown, false",
    "503, '', false",
    "500, '', false"
  })
  void serverError_isARefusalOnlyIfItSaysSo(int status, String outcome, boolean refused) {
    assertThat(read(PLACE, status, "{'outcome':'" + outcome + "'}").isRefused()).isEqualTo(refused);
  }

  @ParameterizedTest
  @CsvSource({
    "409, /problems/insufficient-stock, INSUFFICIENT_STOCK",
    "409, about:blank, IN_FLIGHT",
    "422, about:blank, KEY_REUSED",
    "404, about:blank, NOT_FOUND",
    "429, about:blank, NOT_EXECUTED",
    "400, about:blank, OTHER"
  })
  void clientError_hasItsReason(int status, String type, Reason reason) {
    assertThat(read(PLACE, status, "{'type':'" + type + "'}"))
        .isInstanceOfSatisfying(
            Outcome.Refused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  private static Outcome read(Call call, int status, String json) {
    return Answers.read(
        call, status, false, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
