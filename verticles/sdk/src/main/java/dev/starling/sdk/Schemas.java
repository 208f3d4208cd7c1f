package dev.starling.sdk;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.MemberScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationOption;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * JSON Schemas of records, derived from what {@link RecordBinder} checks: a schema takes what the
 * binder takes, as far as JSON Schema can say it.
 */
final class Schemas {
  private Schemas() {}

  /** For bodies, whose records become shared definitions named after the service. */
  static SchemaBuilder ofBodies(String service) {
    SchemaGeneratorConfigBuilder config =
        config(new Constraints(true)).with(Option.DEFINITIONS_FOR_ALL_OBJECTS);
    // Two services may both have a record called Page.
    config
        .forTypesInGeneral()
        .withDefinitionNamingStrategy((key, context) -> service + "." + nameOf(key.getType()));
    return new SchemaGenerator(config.build()).buildMultipleSchemaDefinitions();
  }

  /** For the path's or the query's parameters, each complete in itself. */
  static ObjectNode ofParameters(Class<?> type) {
    return new SchemaGenerator(
            config(new Constraints(false)).with(Option.INLINE_ALL_SCHEMAS).build())
        .generateSchema(type);
  }

  private static SchemaGeneratorConfigBuilder config(Constraints constraints) {
    SchemaGeneratorConfigBuilder config =
        new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
            .without(Option.SCHEMA_VERSION_INDICATOR)
            .with(
                Option.PLAIN_DEFINITION_KEYS,
                Option.INLINE_NULLABLE_SCHEMAS,
                Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT,
                Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES,
                Option.EXTRA_OPEN_API_FORMAT_VALUES)
            .with(new JacksonModule())
            .with(constraints);
    config
        .forTypesInGeneral()
        .withCustomDefinitionProvider(
            (type, context) ->
                type.getErasedType().isEnum() ? constantsOf(type.getErasedType()) : null)
        .withCustomDefinitionProvider(
            (type, context) ->
                // What the binder leaves as it came may be anything.
                type.isInstanceOf(JsonNode.class)
                    ? new CustomDefinition(Json.MAPPER.createObjectNode())
                    : null);
    config
        .forFields()
        .withPropertyNameOverrideResolver(field -> RecordBinder.snakeCase(field.getName()));
    return config;
  }

  /** By the names that they have in JSON. */
  private static CustomDefinition constantsOf(Class<?> type) {
    ObjectNode schema = Json.MAPPER.createObjectNode().put("type", "string");
    schema.set("enum", Json.MAPPER.valueToTree(type.getEnumConstants()));
    return new CustomDefinition(schema);
  }

  /** A type with what it is made of: {@code PageUser} for {@code Page<User>}. */
  private static String nameOf(ResolvedType type) {
    StringBuilder name = new StringBuilder(type.getErasedType().getSimpleName());
    type.getTypeParameters().forEach(parameter -> name.append(nameOf(parameter)));
    return name.toString().replace("[]", "List");
  }

  private static final class Constraints extends JakartaValidationModule {
    /** Whatever {@code String.trim} leaves of a text is not blank. */
    private static final String VISIBLE = "[^\\u0000-\\u0020]";

    private final boolean canSayNull;

    /**
     * @param canSayNull false for parameters, which can only be left out
     */
    Constraints(boolean canSayNull) {
      super(
          JakartaValidationOption.NOT_NULLABLE_FIELD_IS_REQUIRED,
          JakartaValidationOption.INCLUDE_PATTERN_EXPRESSIONS);
      this.canSayNull = canSayNull;
    }

    @Override
    protected @Nullable Boolean isNullable(MemberScope<?, ?> member) {
      Boolean known = super.isNullable(member);
      if (known != null || !canSayNull || member.isFakeContainerItemScope()) {
        return known;
      }
      boolean marked =
          member.getRawMember() instanceof Field field
              && field.getAnnotatedType().isAnnotationPresent(Nullable.class);
      return marked ? Boolean.TRUE : null;
    }

    @Override
    protected boolean isRequired(MemberScope<?, ?> member) {
      return member.getType().getErasedType().isPrimitive() || super.isRequired(member);
    }

    /** A constraint holds for the whole text; a schema's pattern is searched for in it. */
    @Override
    protected @Nullable String resolveStringPattern(MemberScope<?, ?> member) {
      Pattern pattern = getAnnotationFromFieldOrGetter(member, Pattern.class, Pattern::groups);
      NotBlank notBlank = getAnnotationFromFieldOrGetter(member, NotBlank.class, NotBlank::groups);
      // What flags mean cannot be said in a schema.
      String whole =
          pattern == null || pattern.flags().length > 0 ? null : "^(?:" + pattern.regexp() + ")$";
      if (notBlank == null) {
        return whole;
      }
      return whole == null ? VISIBLE : "^(?=[\\s\\S]*" + VISIBLE + ")" + whole.substring(1);
    }
  }
}
