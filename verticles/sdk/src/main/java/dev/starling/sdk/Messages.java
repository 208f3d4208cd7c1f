package dev.starling.sdk;

import jakarta.validation.MessageInterpolator;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import java.util.Locale;
import java.util.Set;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/**
 * What a broken constraint is called. Messages are part of the API: English whatever the machine's
 * locale, and without an expression language that input could reach.
 *
 * <p>Thread-safe.
 */
final class Messages implements MessageInterpolator {
  private final MessageInterpolator parameters =
      new ParameterMessageInterpolator(Set.of(Locale.ENGLISH), Locale.ENGLISH, false);

  @Override
  public String interpolate(String template, Context context) {
    return parameters.interpolate(withoutExpression(template, context), context);
  }

  @Override
  public String interpolate(String template, Context context, Locale locale) {
    return interpolate(template, context);
  }

  /** The messages of these two are the only standard ones that are expressions. */
  private static String withoutExpression(String template, Context context) {
    if (context.getConstraintDescriptor().getAnnotation() instanceof DecimalMin min
        && isDefault(template, DecimalMin.class)) {
      return min.inclusive()
          ? "must be greater than or equal to {value}"
          : "must be greater than {value}";
    }
    if (context.getConstraintDescriptor().getAnnotation() instanceof DecimalMax max
        && isDefault(template, DecimalMax.class)) {
      return max.inclusive()
          ? "must be less than or equal to {value}"
          : "must be less than {value}";
    }
    return template;
  }

  private static boolean isDefault(String template, Class<?> constraint) {
    return template.equals("{" + constraint.getName() + ".message}");
  }
}
