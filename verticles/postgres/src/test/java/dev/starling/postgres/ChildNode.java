package dev.starling.postgres;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own that holds the embedded server, driven over its standard streams. */
final class ChildNode implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;
  private final PrintStream in;

  private ChildNode(Process process) {
    this.process = process;
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
  }

  /** Runs in the child: prints the port, then answers one line per line. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) throws Exception {
      EmbeddedPostgres server;
      try {
        server = EmbeddedPostgres.start(Path.of(args[0]), PostgresConfig.defaults());
      } catch (PostgresException e) {
        System.out.println("refused " + e.getMessage());
        return;
      }
      System.out.println("port " + server.endpoint().port());
      BufferedReader commands =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        switch (line) {
          case "ensure" -> System.out.println(server.ensureRunning());
          case "migrate" ->
              System.out.println(
                  Migrations.run(server.endpoint(), "sample", "classpath:db/sample"));
          case "query" ->
              System.out.println(TestServers.query(server.endpoint(), "SELECT current_user"));
          case "close" -> {
            server.close();
            System.out.println("closed");
            return;
          }
          default -> throw new IllegalArgumentException(line);
        }
      }
    }
  }

  static ChildNode launch(Path dataDirectory, String... prefix) throws IOException {
    return launch(System.getProperty("java.class.path"), dataDirectory, prefix);
  }

  static ChildNode launch(String classPath, Path dataDirectory, String... prefix)
      throws IOException {
    List<String> command = new ArrayList<>(Arrays.asList(prefix));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            Program.class.getName(),
            dataDirectory.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("STARLING_TEST_SECRET", "do-not-leak");
    return new ChildNode(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** The port of its server, once it answers. */
  int port() throws IOException {
    return Integer.parseInt(answer("port "));
  }

  /** Why it did not start. */
  String refusal() throws IOException {
    return answer("refused ");
  }

  String ask(String command) throws IOException {
    in.println(command);
    return out.readLine();
  }

  void leave() throws Exception {
    if (!ask("close").equals("closed") || !process.waitFor(20, TimeUnit.SECONDS)) {
      throw new AssertionError("the child did not close");
    }
  }

  /** kill -9. */
  void kill() throws Exception {
    process.destroyForcibly();
    process.onExit().get(20, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private String answer(String prefix) throws IOException {
    String line = out.readLine();
    if (line == null || !line.startsWith(prefix)) {
      throw new AssertionError("the child said " + line + " (expected: " + prefix + "…)");
    }
    return line.substring(prefix.length());
  }
}
