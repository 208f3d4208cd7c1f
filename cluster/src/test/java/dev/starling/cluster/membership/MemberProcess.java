package dev.starling.cluster.membership;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A {@link MemberMain} in a JVM of its own, of the same kind as this one. */
final class MemberProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;
  private final BufferedWriter in;
  final String id;
  final long startMillis;

  private MemberProcess(Process process) throws IOException {
    this.process = process;
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    in =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    String[] ready = line().split(" ", 2);
    id = ready[0];
    startMillis = Long.parseLong(ready[1]);
  }

  static MemberProcess start(MembershipConfig config) throws IOException {
    return start(config, List.of());
  }

  /**
   * @param certificates the directory of the authority, or nothing
   */
  static MemberProcess start(MembershipConfig config, List<String> certificates)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                MemberMain.class.getName(),
                config.cluster(),
                Integer.toString(config.port()),
                Integer.toString(config.portRange())));
    command.addAll(certificates);
    return new MemberProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  String ask(String address) {
    return command("ask " + address);
  }

  Set<String> nodes() {
    return Set.of(command("nodes").split(","));
  }

  void freeze() throws IOException, InterruptedException {
    signal("-STOP");
  }

  void thaw() throws IOException, InterruptedException {
    signal("-CONT");
  }

  /** Ends the process as {@code kill -9} does. */
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }

  private void signal(String name) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder(List.of("kill", name, Long.toString(process.pid()))).inheritIO().start();
    if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
      throw new IOException("kill " + name + " failed");
    }
  }

  private String command(String text) {
    try {
      in.write(text);
      in.newLine();
      in.flush();
      return line();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String line() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the member process ended (expected: a line)");
    }
    return line;
  }
}
