package dev.starling.sdk;

import dev.starling.bus.Principal;
import dev.starling.contract.operation.OperationReply.Refusal;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The parameter of paths below {@code /v1/users/{id}}.
 *
 * @param id a UUID in its usual form, in lower case
 */
public record UserPath(
    @NotNull
        @Pattern(
            regexp = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
            message = "must be a UUID")
        String id) {
  public UserPath {
    id = id == null ? null : id.toLowerCase(Locale.ROOT);
  }

  public UUID userId() {
    return UUID.fromString(id);
  }

  /**
   * Why a caller may not see what belongs to this user, null when it may: a user may see its own
   * and an administrator everybody's. Decided before anything is looked up, so that a refusal says
   * nothing about who exists.
   */
  public <T> @Nullable Reply<T> refusedTo(Principal principal) {
    if (principal.isAnonymous()) {
      return Reply.refused(Refusal.UNAUTHENTICATED, "sign in first");
    }
    return principal.subject().equals(id) || principal.isAdmin()
        ? null
        : Reply.refused(Refusal.FORBIDDEN, "only the user and administrators may do this");
  }
}
