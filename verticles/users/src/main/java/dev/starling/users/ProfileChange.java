package dev.starling.users;

import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants to be different; missing or null for what stays. At least one of the two is
 * needed.
 *
 * @param email stored as written, unique without regard to case
 */
record ProfileChange(
    @Size(max = UserName.MAX_LENGTH)
        @Pattern(regexp = UserName.PATTERN, message = UserName.EXPECTATION)
        @Nullable String name,
    @Size(max = EmailAddress.MAX_LENGTH)
        @Pattern(regexp = EmailAddress.PATTERN, message = EmailAddress.EXPECTATION)
        @Nullable String email) {}
