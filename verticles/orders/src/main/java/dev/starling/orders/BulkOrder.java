package dev.starling.orders;

import dev.starling.sdk.IdempotencyKey;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;

/**
 * An order as a line of a bulk request.
 *
 * @param idempotencyKey what the header is for a single order
 */
record BulkOrder(
    @NotNull @Pattern(regexp = IdempotencyKey.PATTERN, message = IdempotencyKey.EXPECTATION)
        String idempotencyKey,
    @NotNull @Size(min = 1, max = NewOrder.MAX_LINES) List<@Valid @NotNull OrderLine> lines) {}
