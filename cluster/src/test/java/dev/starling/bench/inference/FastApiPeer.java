package dev.starling.bench.inference;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.starling.load.LabNode;
import dev.starling.load.Pause;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The FastAPI program in processes of its own. */
final class FastApiPeer implements AutoCloseable {
  private static final Path PROGRAM = Path.of("scripts/bench-peers/fastapi-embeddings");
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String VERSIONS =
      "import platform; from importlib.metadata import version;"
          + " print(', '.join(name + ' ' + version(name)"
          + " for name in ('fastapi', 'uvicorn', 'onnxruntime')) + ', Python '"
          + " + platform.python_version())";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int port;
  private final Path log;
  private final Process process;

  /**
   * How it spreads its work.
   *
   * @param threads of each process; 0 to run the model on its event loop
   */
  record Workers(int processes, int threads) {
    @Override
    public String toString() {
      return "%d worker(s), %s"
          .formatted(
              processes,
              threads == 0
                  ? "the model on their event loops"
                  : "the model on %d thread(s) of each".formatted(threads));
    }
  }

  private FastApiPeer(int port, Path log, Process process) {
    this.port = port;
    this.log = log;
    this.process = process;
  }

  /**
   * Starts it and waits until it answers.
   *
   * @param home for its log
   */
  static FastApiPeer start(String python, int port, Path model, Workers workers, Path home)
      throws IOException {
    Path log = Files.createDirectories(home).resolve("uvicorn.log");
    ProcessBuilder uvicorn =
        new ProcessBuilder(
                List.of(
                    Path.of(python).toAbsolutePath().toString(),
                    "-m",
                    "uvicorn",
                    "app:app",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    "" + port,
                    "--workers",
                    "" + workers.processes,
                    "--loop",
                    "uvloop",
                    "--http",
                    "httptools",
                    "--no-access-log",
                    "--log-level",
                    "warning"))
            .directory(PROGRAM.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    uvicorn.environment().put("MODEL_NAME", ModelDirectories.EMBEDDING);
    uvicorn.environment().put("MODEL_DIRECTORY", model.toString());
    uvicorn.environment().put("THREADS", "" + workers.threads);
    uvicorn.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    FastApiPeer peer = new FastApiPeer(port, log, uvicorn.start());
    try {
      peer.awaitReady(workers.processes);
      return peer;
    } catch (RuntimeException e) {
      peer.close();
      throw e;
    }
  }

  /** What it is made of, as installed. */
  static String version(String python) throws IOException {
    Process asked =
        new ProcessBuilder(python, "-c", VERSIONS)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  int port() {
    return port;
  }

  /** The vector that it makes for a request. */
  float[] embed(String body) throws IOException {
    HttpRequest.Builder request =
        request(EmbeddingRequests.PATH)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body));
    HttpResponse<String> answer = send(request);
    if (answer.statusCode() != 200) {
      throw new IllegalStateException("fastapi: " + answer.statusCode() + " " + answer.body());
    }
    return Vectors.of(new ObjectMapper().readTree(answer.body()));
  }

  /** Ends it with its workers, which are its children. */
  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    children.forEach(ProcessHandle::destroyForcibly);
  }

  /** All workers listen on one socket; so many good answers in a row are taken for all of them. */
  private void awaitReady(int workers) {
    long end = System.nanoTime() + LabNode.PATIENCE.toNanos();
    int good = 0;
    while (good < 4 * workers) {
      if (!process.isAlive() || System.nanoTime() - end > 0) {
        throw new IllegalStateException("fastapi does not start; its log is " + log);
      }
      try {
        good += send(request("/ready").GET()).statusCode() == 200 ? 1 : 0;
      } catch (IOException e) {
        good = 0;
      }
      Pause.millis(50);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(PATIENCE);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
