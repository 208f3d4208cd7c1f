package dev.starling.orders;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;

/** What somebody wants to buy. */
record NewOrder(@NotNull @Size(min = 1, max = MAX_LINES) List<@Valid @NotNull OrderLine> lines) {
  static final int MAX_LINES = 100;
}
