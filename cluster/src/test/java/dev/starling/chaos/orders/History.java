package dev.starling.chaos.orders;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What clients asked and heard, in the order in which it happened. Nothing is ever changed: a call
 * adds a record, and its end adds another one.
 *
 * <p>Each record is also a line of JSON in a file, from which a history can be read again. Confined
 * to one thread.
 */
final class History implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A call has begun, or has ended in one of three ways. */
  enum Type {
    INVOKE,
    OK,
    FAIL,
    UNKNOWN;

    static Type of(Outcome outcome) {
      if (outcome.isOk()) {
        return OK;
      }
      return outcome.isRefused() ? FAIL : UNKNOWN;
    }
  }

  /**
   * @param atNanos since the history began, on a clock that never goes back
   * @param operation joins the call with its end
   * @param call present when it begins
   * @param result present when it ends
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Entry(
      long atNanos,
      long operation,
      int process,
      Type type,
      @Nullable Call call,
      @Nullable Outcome result) {}

  private final List<Entry> entries = new ArrayList<>();
  private final BufferedWriter lines;
  private final long beganNanos;
  private long operations;

  /**
   * @param file is replaced
   * @param nowNanos on the clock of every later moment
   */
  History(Path file, long nowNanos) {
    this.beganNanos = nowNanos;
    try {
      this.lines = Files.newBufferedWriter(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Notes that a call begins; returns what names it. */
  long invoke(int process, Call call, long nowNanos) {
    long operation = ++operations;
    add(new Entry(nowNanos - beganNanos, operation, process, Type.INVOKE, call, null));
    return operation;
  }

  /** Notes what the client knows now about the call, for good. */
  void end(long operation, int process, Outcome outcome, long nowNanos) {
    add(new Entry(nowNanos - beganNanos, operation, process, Type.of(outcome), null, outcome));
  }

  /** How many calls have begun. */
  long size() {
    return operations;
  }

  List<Operation> operations() {
    return joined(entries);
  }

  /** The operations of a file that a history wrote. */
  static List<Operation> read(Path file) {
    List<Entry> entries = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        entries.add(JSON.readValue(line, Entry.class));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read as a history", e);
    }
    return joined(entries);
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(Entry entry) {
    entries.add(entry);
    try {
      lines.write(JSON.writeValueAsString(entry));
      lines.newLine();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(entry + " is not JSON", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Operation> joined(List<Entry> entries) {
    Map<Long, Operation> operations = new LinkedHashMap<>();
    for (Entry entry : entries) {
      Call call = entry.call;
      Outcome result = entry.result;
      if (call != null) {
        operations.put(
            entry.operation,
            new Operation(
                entry.operation,
                entry.process,
                call,
                entry.atNanos,
                Operation.NEVER,
                new Outcome.Unknown(0, "it did not come to an end")));
      } else if (result != null) {
        operations.computeIfPresent(
            entry.operation,
            (id, begun) ->
                new Operation(
                    id,
                    begun.process(),
                    begun.call(),
                    begun.invokedNanos(),
                    entry.atNanos,
                    result));
      }
    }
    return List.copyOf(operations.values());
  }
}
