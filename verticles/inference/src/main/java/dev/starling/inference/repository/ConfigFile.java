package dev.starling.inference.repository;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.contract.inference.Tensor;
import dev.starling.inference.ModelConfig;
import dev.starling.inference.ModelConfig.All;
import dev.starling.inference.ModelConfig.Batching;
import dev.starling.inference.ModelConfig.Latest;
import dev.starling.inference.ModelConfig.MeanPooling;
import dev.starling.inference.ModelConfig.Normalize;
import dev.starling.inference.ModelConfig.Pipeline;
import dev.starling.inference.ModelConfig.Specific;
import dev.starling.inference.ModelConfig.Step;
import dev.starling.inference.ModelConfig.TokenCount;
import dev.starling.inference.ModelConfig.Tokenizer;
import dev.starling.inference.ModelConfig.VersionPolicy;
import dev.starling.sdk.Bounds;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.sdk.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The text of a model's {@code config.yaml}. What may be in it is documented in docs/inference.md.
 *
 * <p>Keys are as in a node's configuration: kebab-case, durations with a unit, an unknown one is
 * refused with the nearest that is known.
 */
final class ConfigFile {
  /** Many times what a model with all keys needs. */
  static final int MAX_BYTES = 64 << 10;

  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(1);
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private ConfigFile() {}

  /**
   * @param text empty for a model without the file
   * @param cores that this node has, from which the number of instances follows
   * @throws ConfigException naming the key and what was expected
   */
  static ModelConfig parse(String text, int cores) {
    JsonNode tree;
    try {
      tree = YAML.readTree(text);
    } catch (JsonProcessingException e) {
      throw new ConfigException(
          "line "
              + (e.getLocation() == null ? "?" : e.getLocation().getLineNr())
              + ": "
              + firstLine(e)
              + " (expected: YAML)");
    }
    return Settings.bind(tree, defaults(cores), Keys.class, "").toConfig();
  }

  /** Two instances compute at once on four cores; event loops and clients need the others. */
  private static int instances(int cores) {
    return Math.max(1, cores / 2);
  }

  private static ObjectNode defaults(int cores) {
    ObjectNode defaults = Json.MAPPER.createObjectNode();
    defaults.putArray("inputs");
    defaults.putArray("outputs");
    defaults.put("max-batch", 32);
    defaults.put("max-delay", "0s");
    defaults.put("batching", "auto");
    defaults.put("instances", instances(cores));
    defaults.put("threads", 1);
    defaults.put("max-queue", 1024);
    defaults.put("priority", 0);
    defaults.put("warm-up", 1);
    defaults.putObject("pipeline").putArray("before");
    defaults.withObject("/pipeline").putArray("after");
    return defaults;
  }

  private static String firstLine(JsonProcessingException e) {
    return e.getOriginalMessage().lines().findFirst().orElse("it cannot be read");
  }

  /** The file's keys. */
  record Keys(
      List<TensorKeys> inputs,
      List<TensorKeys> outputs,
      int maxBatch,
      Duration maxDelay,
      Batching batching,
      int instances,
      int threads,
      int maxQueue,
      int priority,
      PipelineKeys pipeline,
      int warmUp,
      @Nullable PolicyKeys versionPolicy) {
    Keys {
      Bounds.within("max-batch", maxBatch, 1, 65_536);
      Bounds.within("max-delay", maxDelay, Duration.ZERO, LONGEST_DELAY);
      Bounds.within("instances", instances, 1, 256);
      Bounds.within("threads", threads, 1, 256);
      Bounds.within("max-queue", maxQueue, 1, 1_000_000);
      Bounds.within("priority", priority, -100, 100);
      Bounds.within("warm-up", warmUp, 1, 1_000);
      Objects.requireNonNull(batching);
    }

    ModelConfig toConfig() {
      return new ModelConfig(
          inputs.stream().map(TensorKeys::toRecord).toList(),
          outputs.stream().map(TensorKeys::toRecord).toList(),
          maxBatch,
          maxDelay,
          batching,
          instances,
          threads,
          maxQueue,
          priority,
          pipeline.toPipeline(),
          warmUp,
          versionPolicy == null ? new Latest(1) : versionPolicy.toPolicy());
    }
  }

  record TensorKeys(String name, DataType type, List<Long> shape) {
    TensorKeys {
      requireText("name", name);
      if (type == null) {
        throw new IllegalArgumentException("type: missing (expected: e.g. fp32)");
      }
      if (shape == null
          || shape.size() > Tensor.MAX_RANK
          || shape.stream().anyMatch(length -> length == null || length < -1 || length == 0)) {
        throw new IllegalArgumentException(
            "shape: " + shape + " (expected: up to 8 dimensions of 1 or more, or -1)");
      }
    }

    TensorRecord toRecord() {
      return new TensorRecord(name, type, shape);
    }
  }

  record PipelineKeys(List<StepKeys> before, List<StepKeys> after) {
    PipelineKeys {
      if (before.size() > 1 || before.stream().anyMatch(step -> step.tokenizer() == null)) {
        throw new IllegalArgumentException(
            "before: " + before.size() + " steps (expected: at most one, a tokenizer)");
      }
      if (after.size() > 8 || after.stream().anyMatch(step -> step.tokenizer() != null)) {
        throw new IllegalArgumentException(
            "after: "
                + after.size()
                + " steps (expected: at most 8, mean-pooling, normalize or token-count)");
      }
    }

    Pipeline toPipeline() {
      return new Pipeline(
          before.stream().map(StepKeys::toStep).toList(),
          after.stream().map(StepKeys::toStep).toList());
    }
  }

  record StepKeys(
      @Nullable TokenizerKeys tokenizer,
      @Nullable PoolingKeys meanPooling,
      @Nullable NormalizeKeys normalize,
      @Nullable TokenCountKeys tokenCount) {
    StepKeys {
      if (Stream.of(tokenizer, meanPooling, normalize, tokenCount).filter(Objects::nonNull).count()
          != 1) {
        throw new IllegalArgumentException(
            "a step (expected: one of tokenizer, mean-pooling, normalize, token-count)");
      }
    }

    Step toStep() {
      if (tokenizer != null) {
        return new Tokenizer(tokenizer.input(), tokenizer.file(), tokenizer.maxTokens());
      }
      if (meanPooling != null) {
        return new MeanPooling(meanPooling.from(), meanPooling.to());
      }
      return tokenCount != null
          ? new TokenCount(tokenCount.to())
          : new Normalize(Objects.requireNonNull(normalize).output());
    }
  }

  record TokenizerKeys(String input, @Nullable String file, @Nullable Integer maxTokens) {
    TokenizerKeys {
      requireText("input", input);
      file = file == null ? "tokenizer.json" : file;
      if (!FILE_NAME.matcher(file).matches()) {
        throw new IllegalArgumentException(
            "file: " + file + " (expected: the name of a file beside model.onnx)");
      }
      maxTokens = Bounds.within("max-tokens", maxTokens == null ? 256 : maxTokens, 1, 131_072);
    }
  }

  record PoolingKeys(String from, String to) {
    PoolingKeys {
      requireText("from", from);
      requireText("to", to);
    }
  }

  record NormalizeKeys(String output) {
    NormalizeKeys {
      requireText("output", output);
    }
  }

  record TokenCountKeys(String to) {
    TokenCountKeys {
      requireText("to", to);
    }
  }

  record PolicyKeys(
      @Nullable Integer latest, @Nullable Boolean all, @Nullable List<Integer> specific) {
    PolicyKeys {
      if (Stream.of(latest, all, specific).filter(Objects::nonNull).count() != 1
          || Boolean.FALSE.equals(all)) {
        throw new IllegalArgumentException(
            "version-policy: "
                + latest
                + ", "
                + all
                + ", "
                + specific
                + " (expected: one of latest: 1, all: true, specific: [1, 2])");
      }
      if (latest != null) {
        Bounds.within("latest", latest, 1, 100);
      }
      if (specific != null
          && (specific.isEmpty() || specific.stream().anyMatch(v -> v == null || v < 1))) {
        throw new IllegalArgumentException(
            "specific: " + specific + " (expected: versions, 1 or more)");
      }
    }

    VersionPolicy toPolicy() {
      if (latest != null) {
        return new Latest(latest);
      }
      return specific == null
          ? new All()
          : new Specific(specific.stream().map(String::valueOf).toList());
    }
  }

  private static void requireText(String key, @Nullable String value) {
    if (value == null || value.isBlank() || value.length() > 256) {
      throw new IllegalArgumentException(key + ": " + value + " (expected: 1 to 256 characters)");
    }
  }
}
