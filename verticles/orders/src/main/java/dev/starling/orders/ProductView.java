package dev.starling.orders;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/**
 * A product as clients see it.
 *
 * @param stock of all shards, what is under way between them included
 * @param stockIsPartial true when a database could not be asked, whose part is then not counted;
 *     left out otherwise
 */
record ProductView(
    @NotNull String sku,
    @NotNull String name,
    @NotNull Money price,
    long stock,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean stockIsPartial) {}
