package dev.starling.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A place in the lab's cluster and the process that fills it, which may be killed and started again
 * with the same settings.
 *
 * <p>Used from one thread; every method that waits does so for {@link #PATIENCE} at the most.
 */
public final class LabNode {
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  /** For the operators of this lab, whose nodes are not all on loopback. */
  private static final String MANAGEMENT_TOKEN = UUID.randomUUID().toString() + UUID.randomUUID();

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();

  /**
   * @param host which it binds for clients, operators and other nodes
   * @param launcher comes before the command, e.g. to enter a network namespace; may be empty
   * @param config the configuration file
   * @param environment further settings of the node, which win over those that follow from here
   */
  public record Spec(
      String name,
      String zone,
      boolean edge,
      String host,
      int httpPort,
      int managementPort,
      List<String> launcher,
      List<String> jvm,
      Path config,
      Map<String, String> environment) {

    Spec with(String variable, String value) {
      Map<String, String> more = new TreeMap<>(environment);
      more.put(variable, value);
      return new Spec(
          name,
          zone,
          edge,
          host,
          httpPort,
          managementPort,
          launcher,
          jvm,
          config,
          Map.copyOf(more));
    }

    private Map<String, String> settings() {
      Map<String, String> all = new TreeMap<>();
      all.put("STARLING_ZONE", zone);
      all.put("STARLING_HTTP_HOST", host);
      all.put("STARLING_HTTP_PORT", Integer.toString(httpPort));
      all.put("STARLING_MANAGEMENT_HOST", host);
      all.put("STARLING_MANAGEMENT_PORT", Integer.toString(managementPort));
      all.put("STARLING_MANAGEMENT_TOKEN", MANAGEMENT_TOKEN);
      all.put("STARLING_CLUSTER_HOST", host);
      all.putAll(environment);
      return all;
    }
  }

  /** Those that run; a program that is ended from outside takes them with it. */
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(LabNode::endAll, "end-nodes"));
  }

  private final Path logs;
  private Spec spec;
  private Path jar = builtJar();
  private @Nullable Process process;
  private int lives;

  public LabNode(Spec spec, Path logs) {
    this.spec = spec;
    this.logs = logs;
  }

  public String name() {
    return spec.name;
  }

  public String zone() {
    return spec.zone;
  }

  public String host() {
    return spec.host;
  }

  public int httpPort() {
    return spec.httpPort;
  }

  public int managementPort() {
    return spec.managementPort;
  }

  public boolean isEdge() {
    return spec.edge;
  }

  public long pid() {
    return running().pid();
  }

  public boolean isAlive() {
    Process current = process;
    return current != null && current.isAlive();
  }

  public String setting(String variable) {
    return spec.environment.getOrDefault(variable, "");
  }

  /** Takes effect when it is started the next time. */
  public void set(String variable, String value) {
    spec = spec.with(variable, value);
  }

  /** Runs another jar than the one that was built, when it is started the next time. */
  public void run(Path otherJar) {
    jar = otherJar;
  }

  public void start() {
    List<String> command = new ArrayList<>(spec.launcher);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(spec.jvm);
    command.addAll(List.of("-jar", jar.toString(), "run", "--config", spec.config.toString()));
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log(++lives));
      builder.environment().keySet().removeIf(name -> name.startsWith("STARLING_"));
      builder.environment().putAll(spec.settings());
      Process started = builder.start();
      RUNNING.add(started);
      started.onExit().thenAccept(RUNNING::remove);
      process = started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void endAll() {
    for (Process node : RUNNING) {
      // What it started first: nobody knows whose child that was when the node is gone.
      node.descendants().forEach(ProcessHandle::destroyForcibly);
      node.destroyForcibly();
    }
  }

  /**
   * Runs a command of the product with this node's configuration, e.g. {@code shards}.
   *
   * @return what it printed
   * @throws IllegalStateException with that, when it fails
   */
  public String command(String... arguments) {
    List<String> command = new ArrayList<>(spec.launcher);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", jar.toString()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--config", spec.config.toString()));
    return Shell.output(command, spec.settings());
  }

  public void awaitReady() {
    await("ready", () -> isReady());
  }

  public boolean isReady() {
    if (!isAlive()) {
      throw new IllegalStateException(spec.name + " has ended:\n" + logTail());
    }
    HttpResponse<String> answer = manage("/readyz");
    return answer != null && answer.statusCode() == 200;
  }

  /** The cluster as this node sees it; null when it does not say. */
  public @Nullable JsonNode cluster() {
    HttpResponse<String> answer = manage("/cluster");
    try {
      return answer == null || answer.statusCode() != 200 ? null : JSON.readTree(answer.body());
    } catch (IOException e) {
      return null;
    }
  }

  /** How many nodes it trusts, itself included. */
  public int serving() {
    JsonNode cluster = cluster();
    int count = 0;
    if (cluster != null) {
      for (JsonNode member : cluster.path("nodes")) {
        count += member.path("state").asText().equals("serving") ? 1 : 0;
      }
    }
    return count;
  }

  /** The sum of all series of one metric whose labels contain {@code labels}; zero for none. */
  public double metric(String metric, String labels) {
    HttpResponse<String> answer = manage("/metrics");
    if (answer == null) {
      return Double.NaN;
    }
    return answer
        .body()
        .lines()
        .filter(line -> line.startsWith(metric) && line.contains(labels))
        .filter(line -> line.charAt(metric.length()) == '{' || line.charAt(metric.length()) == ' ')
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /**
   * Lets it read its policy file again.
   *
   * @throws IllegalStateException with the mistakes, when it cannot be used
   */
  public void reload() {
    HttpResponse<String> answer = manage("/reload", BodyPublishers.noBody());
    if (answer == null || answer.statusCode() != 200) {
      throw new IllegalStateException(
          spec.name + " does not reload: " + (answer == null ? logTail() : answer.body()));
    }
  }

  /** Ends it as the kernel does: nothing is said to anybody. */
  public void kill() {
    running().destroyForcibly();
    awaitEnd();
  }

  /** Sends a signal such as {@code STOP}. */
  public void signal(String name) {
    Shell.run("kill", "-" + name, Long.toString(pid()));
  }

  /** Waits until the process has ended; returns its exit code. */
  public int awaitEnd() {
    try {
      if (!running().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            "%s did not end within %d s:%n%s"
                .formatted(spec.name, PATIENCE.toSeconds(), logTail()));
      }
      return running().exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public void stopForGood() {
    if (isAlive()) {
      running().destroyForcibly();
      awaitEnd();
    }
  }

  public void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException(
            "%s: not %s within %d s:%n%s"
                .formatted(spec.name, what, PATIENCE.toSeconds(), logTail()));
      }
      Pause.millis(50);
    }
  }

  public String logTail() {
    try {
      List<String> lines = Files.readAllLines(log(lives).toPath());
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  private File log(int life) {
    return logs.resolve(spec.name + "-" + life + ".log").toFile();
  }

  private Process running() {
    Process current = process;
    if (current == null) {
      throw new IllegalStateException(spec.name + " was never started");
    }
    return current;
  }

  private @Nullable HttpResponse<String> manage(String path) {
    return manage(path, null);
  }

  private @Nullable HttpResponse<String> manage(String path, @Nullable BodyPublisher posted) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + spec.host + ":" + spec.managementPort + path))
            .timeout(Duration.ofSeconds(2))
            .header("authorization", "Bearer " + MANAGEMENT_TOKEN);
    if (posted != null) {
      request.POST(posted);
    }
    try {
      return HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The jar is named by the script; tests run in the module that builds it. */
  public static Path builtJar() {
    return Path.of(System.getProperty("load.jar", "target/starling.jar")).toAbsolutePath();
  }
}
