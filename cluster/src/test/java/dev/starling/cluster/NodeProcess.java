package dev.starling.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A node in a JVM of its own, started from the jar as an operator would.
 *
 * <p>Used from the test's thread; every method waits, for {@link #PATIENCE} at the most.
 */
final class NodeProcess implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  private final Process process;
  private final Path log;
  private final int httpPort;
  private final int managementPort;

  private NodeProcess(Process process, Path log, int httpPort, int managementPort) {
    this.process = process;
    this.log = log;
    this.httpPort = httpPort;
    this.managementPort = managementPort;
  }

  /** What a node is started with; each test adds what it is about. */
  static final class Settings {
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> arguments = new ArrayList<>();
    private final int httpPort = freePort();
    private final int managementPort = freePort();
    private Path java = Path.of(System.getProperty("java.home"), "bin", "java");

    Settings(Path dataDirectory, Mesh mesh) {
      with("STARLING_HTTP_PORT", "" + httpPort);
      with("STARLING_MANAGEMENT_PORT", "" + managementPort);
      with("STARLING_CLUSTER_PORT", "" + mesh.port());
      with("STARLING_CLUSTER_NAME", mesh.name());
      with("STARLING_DATA_DIR", dataDirectory.toString());
      with(
          "STARLING_POLICIES",
          Path.of("src", "test", "resources", "no-shedding.yaml").toAbsolutePath().toString());
      // No load balancer looks at most of these nodes.
      with("STARLING_DRAIN_NOTICE", "100ms");
      // Few tests call models, and loading one takes as long as the rest of a start.
      with("STARLING_INFERENCE_SHIPPED", "false");
    }

    Settings with(String variable, String value) {
      environment.put(variable, value);
      return this;
    }

    Settings arguments(String... more) {
      arguments.addAll(List.of(more));
      return this;
    }

    Settings on(Path javaExecutable) {
      this.java = javaExecutable;
      return this;
    }

    /** Starts it and waits until it is ready. */
    NodeProcess start() {
      NodeProcess node = launch();
      node.await("ready", found -> node.isReady());
      return node;
    }

    /** Starts it without waiting. */
    NodeProcess launch() {
      try {
        Path log = Files.createTempFile("node", ".log");
        List<String> command =
            new ArrayList<>(
                List.of(
                    java.toString(),
                    "-Xmx384m",
                    "-XX:+UseSerialGC",
                    // They live for seconds, in which the better compiler costs more than it gives.
                    "-XX:TieredStopAtLevel=1",
                    "-jar",
                    jar()));
        command.addAll(arguments);
        ProcessBuilder builder =
            new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("STARLING_"));
        builder.environment().putAll(environment);
        return new NodeProcess(builder.start(), log, httpPort, managementPort);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Keeps the nodes of one test from meeting those of another. */
  record Mesh(String name, int port) {
    static Mesh create() {
      int port = freePort();
      // Room for the port range; below 23,000, where faults are injected, and not where the tests
      // of the other fork are.
      int place = port % 6 + 6 * (TestForks.number() % 2);
      return new Mesh("test-" + port, 20_000 + 250 * place);
    }
  }

  static String jar() {
    return Path.of("target", "starling.jar").toAbsolutePath().toString();
  }

  String url(String path) {
    return "http://127.0.0.1:" + httpPort + path;
  }

  int httpPort() {
    return httpPort;
  }

  int managementPort() {
    return managementPort;
  }

  HttpResponse<String> get(String path, String... headers) {
    return send(request(url(path), headers).GET());
  }

  HttpResponse<String> post(String path, String json, String... headers) {
    return send(
        request(url(path), headers)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  HttpResponse<String> manage(String path) {
    return send(request("http://127.0.0.1:" + managementPort + path).GET());
  }

  HttpResponse<String> manage(String method, String path, String body, String... headers) {
    return send(
        request("http://127.0.0.1:" + managementPort + path, headers)
            .method(method, HttpRequest.BodyPublishers.ofString(body)));
  }

  boolean isReady() {
    if (!process.isAlive()) {
      throw new AssertionError("the node ended with " + process.exitValue() + ":\n" + output());
    }
    try {
      return manage("/readyz").statusCode() == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until something is so. */
  void await(String what, Predicate<NodeProcess> condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.test(this)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not " + what + " within " + PATIENCE + ":\n" + output());
      }
      pause();
    }
  }

  /** Ends it as SIGKILL does. */
  void kill() {
    process.destroyForcibly();
    exitCode();
  }

  /** Asks it to end as SIGTERM does; returns its exit code. */
  int stop() {
    process.destroy();
    return exitCode();
  }

  int exitCode() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("the node did not end within " + PATIENCE + ":\n" + output());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      stop();
    }
  }

  private static HttpRequest.Builder request(String url, String... headers) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(15));
    return headers.length == 0 ? builder : builder.headers(headers);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
