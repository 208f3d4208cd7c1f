package dev.starling.cluster.loops;

import dev.starling.sdk.ServiceVerticle;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose code a thread runs, told by its stack: the verticle in whose package, or one below it, the
 * topmost class is that is a verticle's at all. Immutable.
 */
public final class Culprits {
  /** It is nobody's: the platform's, or a library's that no verticle called. */
  public static final String NONE = "none";

  /** Nobody has to do with it: the loop has nothing to do. */
  static final String NOBODY = "";

  /** How the transports wait for sockets. */
  private static final Set<String> WAITS =
      Set.of("ioUringEnter", "epollWait", "epollWait0", "wait");

  /** It comes from {@code verticles.path}, but not from the package of a verticle. */
  static final String DROPPED_IN = "verticles.path";

  /** As the loader of dropped-in jars is called. */
  private static final String DROPPED_IN_LOADER = "verticles";

  private final Map<String, String> verticles;

  /**
   * @param verticles their names by their packages
   */
  Culprits(Map<String, String> verticles) {
    this.verticles = Map.copyOf(verticles);
  }

  public static Culprits of(Collection<? extends ServiceVerticle> verticles) {
    Map<String, String> byPackage = new HashMap<>();
    verticles.forEach(one -> byPackage.put(one.getClass().getPackageName(), one.name()));
    return new Culprits(byPackage);
  }

  /** Whether the thread is where it waits for sockets and timers. */
  static boolean waitsForWork(StackTraceElement[] stack) {
    return stack.length > 0
        && stack[0].isNativeMethod()
        && WAITS.contains(stack[0].getMethodName());
  }

  String find(StackTraceElement[] stack) {
    for (StackTraceElement frame : stack) {
      String verticle = verticle(frame.getClassName());
      if (verticle != null) {
        return verticle;
      }
      if (DROPPED_IN_LOADER.equals(frame.getClassLoaderName())) {
        return DROPPED_IN;
      }
    }
    return NONE;
  }

  private @Nullable String verticle(String className) {
    for (int end = className.lastIndexOf('.'); end > 0; end = className.lastIndexOf('.', end - 1)) {
      String verticle = verticles.get(className.substring(0, end));
      if (verticle != null) {
        return verticle;
      }
    }
    return null;
  }
}
