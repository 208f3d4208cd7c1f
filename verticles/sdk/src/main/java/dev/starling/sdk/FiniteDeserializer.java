package dev.starling.sdk;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a {@code double} that is a number: JSON has neither NaN nor infinity. */
final class FiniteDeserializer extends StdScalarDeserializer<Double> {
  private static final long serialVersionUID = 1L;

  /** As RFC 8259 writes numbers. */
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?");

  FiniteDeserializer(Class<Double> type) {
    super(type);
  }

  @Override
  public @Nullable Double deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    double value;
    if (parser.currentToken().isNumeric()) {
      value = parser.getDoubleValue();
    } else if (parser.hasToken(JsonToken.VALUE_STRING)
        && context.isEnabled(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        && parser.getTextLength() <= Json.MAX_NUMBER_LENGTH
        && NUMBER.matcher(parser.getText()).matches()) {
      value = Double.parseDouble(parser.getText());
    } else {
      return (Double) context.handleUnexpectedToken(handledType(), parser);
    }
    return Double.isFinite(value)
        ? (Double) value
        : (Double) context.handleUnexpectedToken(handledType(), parser);
  }

  @Override
  public @Nullable Double getNullValue(DeserializationContext context) throws JsonMappingException {
    return handledType() == double.class
        ? context.reportInputMismatch(double.class, "null for a primitive")
        : null;
  }
}
