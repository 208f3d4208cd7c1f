package dev.starling.edge;

import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.Limited;
import dev.starling.contract.ratelimit.RateLimitContract.Window;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes {@code RateLimit-Policy} and {@code RateLimit} as draft-ietf-httpapi-ratelimit-headers-11
 * defines them: lists of quoted names with parameters. Not thread-safe: an event loop keeps one.
 */
final class RateLimitHeaders {
  /*
   * The policies of a route hardly ever change, so their header is kept. There are as many
   * combinations as the limiter's configuration has; the bound only guards against a limiter that
   * invents names.
   */
  private static final int MAX_KEPT = 64;

  private static final long YEAR_MILLIS = 365L * 24 * 60 * 60 * 1000;

  private final List<Policies> kept = new ArrayList<>();
  private final AsciiText text = new AsciiText();

  private record Policies(List<Window> windows, List<String> quotedNames, AsciiString header) {
    boolean match(List<Window> others) {
      if (others.size() != windows.size()) {
        return false;
      }
      for (int i = 0; i < windows.size(); i++) {
        Window mine = windows.get(i);
        Window other = others.get(i);
        if (mine.quota() != other.quota()
            || mine.windowSeconds() != other.windowSeconds()
            || !mine.policy().equals(other.policy())) {
          return false;
        }
      }
      return true;
    }
  }

  /** The value of {@code RateLimit-Policy}; the decision has at least one window. */
  CharSequence policy(Decision decision) {
    return policies(decision.windows()).header;
  }

  /** The value of {@code RateLimit}; the decision has at least one window. */
  CharSequence limit(Decision decision) {
    List<Window> windows = decision.windows();
    List<String> names = policies(windows).quotedNames;
    text.clear();
    for (int i = 0; i < windows.size(); i++) {
      Window window = windows.get(i);
      if (i > 0) {
        text.append(", ");
      }
      text.append(names.get(i));
      text.append(";r=");
      text.append(Math.max(0, window.remaining()));
      text.append(";t=");
      text.append(secondsUntilMore(decision, window));
    }
    return text.copy();
  }

  /** When a refused call is worth another try, in whole seconds; never is a year from now. */
  static long retryAfterSeconds(Limited limited) {
    long millis = Math.min(limited.retryAfterMillis(), YEAR_MILLIS);
    return Math.max(1, (millis + 999) / 1000);
  }

  /** Of the window that refused, the same as {@code Retry-After}: the two must not differ. */
  private static long secondsUntilMore(Decision decision, Window window) {
    return decision instanceof Limited limited && limited.policy().equals(window.policy())
        ? retryAfterSeconds(limited)
        : Math.max(0, window.resetSeconds());
  }

  private Policies policies(List<Window> windows) {
    for (Policies policies : kept) {
      if (policies.match(windows)) {
        return policies;
      }
    }
    if (kept.size() == MAX_KEPT) {
      kept.clear();
    }
    Policies made = make(windows);
    kept.add(made);
    return made;
  }

  private static Policies make(List<Window> windows) {
    StringBuilder header = new StringBuilder();
    List<String> names = new ArrayList<>();
    for (Window window : windows) {
      String name = '"' + HeaderText.quotable(window.policy()) + '"';
      names.add(name);
      header
          .append(header.isEmpty() ? "" : ", ")
          .append(name)
          .append(";q=")
          .append(window.quota())
          .append(";w=")
          .append(window.windowSeconds());
    }
    return new Policies(windows, names, new AsciiString(header));
  }
}
