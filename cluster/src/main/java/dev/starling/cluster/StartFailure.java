package dev.starling.cluster;

import dev.starling.cluster.membership.MembershipException;
import dev.starling.postgres.PostgresException;
import dev.starling.sdk.ConfigException;
import java.net.BindException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** What prevents a node from starting, as one line for the operator. */
final class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartFailure(String message) {
    super(message, null, false, false);
  }

  /**
   * Prints that line on standard error. {@code STARLING_DEBUG=1} adds the stack trace, for what
   * should not have happened.
   */
  static final class Printer implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(
        Exception failure, CommandLine commandLine, ParseResult parsed) {
      commandLine.getErr().println("starling: " + line(failure));
      if ("1".equals(System.getenv("STARLING_DEBUG"))) {
        failure.printStackTrace(commandLine.getErr());
      }
      return isUsage(failure) ? 2 : 1;
    }

    private static boolean isUsage(Throwable failure) {
      return root(failure) instanceof ConfigException;
    }

    private static String line(Throwable failure) {
      Throwable root = root(failure);
      String message = root.getMessage() == null ? root.toString() : root.getMessage();
      boolean expected =
          root instanceof ConfigException
              || root instanceof StartFailure
              || root instanceof MembershipException
              || root instanceof PostgresException
              || root instanceof BindException;
      String firstLine = message.lines().findFirst().orElse(message);
      return expected ? firstLine : root.getClass().getSimpleName() + ": " + firstLine;
    }

    /** Causes of our own kinds are meant for people; what wraps them is not. */
    private static Throwable root(Throwable failure) {
      Throwable current = failure;
      while (current.getCause() != null
          && (current instanceof CompletionException
              || current instanceof ExecutionException
              || current.getClass() == RuntimeException.class)) {
        current = current.getCause();
      }
      return current;
    }
  }
}
