package dev.starling.fusion;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/**
 * What became of an event that came over a socket.
 *
 * @param id of the event, as far as it could be read
 * @param source likewise
 * @param reason why it was refused; left out otherwise
 */
record EventAck(
    @NotNull String id,
    @NotNull String source,
    @NotNull Outcome outcome,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String reason) {

  enum Outcome {
    /** It is committed. */
    @JsonProperty("accepted")
    ACCEPTED,
    /** It was there already. */
    @JsonProperty("duplicate")
    DUPLICATE,
    /** It never will be. */
    @JsonProperty("refused")
    REFUSED,
    /** Not now; sending it again is harmless. */
    @JsonProperty("again")
    AGAIN
  }
}
