package dev.starling.risk;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

/** An order that does not exist, by its {@linkplain Feature features}. */
record WhatIf(
    @NotNull @DecimalMin("0") @DecimalMax(MAX) Double amount,
    @NotNull @Min(1) @Max(100_000) Integer lines,
    @NotNull @DecimalMin("1") @DecimalMax(MAX) Double maxQuantity,
    @NotNull @DecimalMin("0") @DecimalMax(MAX) Double maxPrice,
    @NotNull @DecimalMin("0") @DecimalMax("100000") Double knownDays,
    @NotNull @Min(0) @Max(History.MAX_ORDERS) Integer earlierOrders,
    @NotNull @Min(0) @Max(History.MAX_ORDERS) Integer ordersLastHour,
    @NotNull @Min(0) @Max(History.MAX_ORDERS) Integer ordersLastDay,
    @NotNull @DecimalMin("0") @DecimalMax(MAX) Double amountRatio,
    @NotNull @DecimalMin("0") @DecimalMax("1") Double cancelledShare,
    @NotNull @DecimalMin("0") @DecimalMax("1") Double newArticles,
    @NotNull @Min(0) @Max(23) Integer hourOfDay) {
  private static final String MAX = "1e15";

  Features features() {
    float[] row = new float[Feature.COUNT];
    for (Feature feature : Feature.values()) {
      row[feature.column()] = value(feature).floatValue();
    }
    return Features.of(row);
  }

  private Number value(Feature feature) {
    return switch (feature) {
      case AMOUNT -> amount;
      case LINES -> lines;
      case MAX_QUANTITY -> maxQuantity;
      case MAX_PRICE -> maxPrice;
      case KNOWN_DAYS -> knownDays;
      case EARLIER_ORDERS -> earlierOrders;
      case ORDERS_LAST_HOUR -> ordersLastHour;
      case ORDERS_LAST_DAY -> ordersLastDay;
      case AMOUNT_RATIO -> amountRatio;
      case CANCELLED_SHARE -> cancelledShare;
      case NEW_ARTICLES -> newArticles;
      case HOUR_OF_DAY -> hourOfDay;
    };
  }
}
