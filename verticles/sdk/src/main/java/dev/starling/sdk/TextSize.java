package dev.starling.sdk;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * Counts a text's characters as JSON Schema and PostgreSQL do, as code points: an emoji is one.
 *
 * <p>Made by the validator, for each {@link Size} on a text.
 */
public final class TextSize implements ConstraintValidator<Size, String> {
  private int min;
  private int max;

  @Override
  public void initialize(Size size) {
    this.min = size.min();
    this.max = size.max();
  }

  @Override
  public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
    if (text == null) {
      return true;
    }
    int length = text.codePointCount(0, text.length());
    return length >= min && length <= max;
  }
}
