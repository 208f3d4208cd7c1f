package dev.starling.policy.rule;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.util.StdConverter;
import dev.starling.bus.Priority;

/** What calls are worth when not all of them can be served, in place of what is declared. */
public record PriorityRule(
    Match match,
    @JsonDeserialize(converter = FromFile.class) @JsonSerialize(converter = ToFile.class)
        Priority priority)
    implements Matched {
  public PriorityRule {
    if (priority == null) {
      throw Expect.refusal("priority", null, "operations, critical, normal or sheddable");
    }
  }

  private static final class FromFile extends StdConverter<String, Priority> {
    @Override
    public Priority convert(String text) {
      return Words.parse(Priority.values(), text);
    }
  }

  private static final class ToFile extends StdConverter<Priority, String> {
    @Override
    public String convert(Priority priority) {
      return Words.of(priority);
    }
  }
}
