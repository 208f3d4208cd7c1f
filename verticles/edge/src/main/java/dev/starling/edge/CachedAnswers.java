package dev.starling.edge;

import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.policy.cache.CacheAnswer.Given;
import dev.starling.policy.cache.CacheAnswer.Source;
import dev.starling.policy.cache.Loaded.Use;
import dev.starling.policy.rule.CacheRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which answers may be given again (RFC 9111), and what they say of themselves when they are:
 * {@code Age}, {@code Cache-Status} (RFC 9211), and {@code Starling-Degraded} on one that is given
 * because no newer one could be had.
 */
final class CachedAnswers {
  private static final String STATUS = "cache-status";

  /** What an object and its fields take beside their text. */
  private static final int OVERHEAD_BYTES = 64;

  private CachedAnswers() {}

  /** What may be done with the result of a call under a rule. */
  static Use use(CacheRule rule, CallResult result) {
    if (!(result instanceof CallResult.Replied replied)) {
      return Use.FAILURE;
    }
    if (replied.reply() instanceof OperationReply.Refused refused) {
      return HttpErrors.status(refused.refusal()) >= 500 ? Use.FAILURE : Use.PASS_ON;
    }
    Done done = (Done) replied.reply();
    return done.kind() == Kind.OK
            && done.body().length <= rule.maxBodyBytes()
            && mayBeKept(rule, done.headers())
        ? Use.KEEP
        : Use.PASS_ON;
  }

  /** How much memory a result takes. */
  static int bytes(CallResult result) {
    if (!(result instanceof CallResult.Replied replied && replied.reply() instanceof Done done)) {
      return OVERHEAD_BYTES;
    }
    int bytes = OVERHEAD_BYTES + done.body().length;
    for (Header header : done.headers()) {
      bytes += OVERHEAD_BYTES + header.name().length() + header.value().length();
    }
    return bytes;
  }

  /**
   * The reply for one client.
   *
   * @param given how the cache came to it
   * @param ifNoneMatch what the client has; null when it does not say
   */
  static OperationReply reply(
      Done done, CacheRule rule, Given<?> given, @Nullable String ifNoneMatch) {
    List<Header> headers = new ArrayList<>(done.headers().size() + 3);
    headers.addAll(done.headers());
    Source source = given.source();
    long age = TimeUnit.NANOSECONDS.toSeconds(given.ageNanos());
    if (source == Source.LOADED) {
      headers.add(new Header(STATUS, "Starling; fwd=uri-miss" + (given.kept() ? "; stored" : "")));
    } else {
      // Cut off, so that what has just become stale does not look fresh: floor(-0.1) is -1.
      long left =
          Math.floorDiv(rule.ttl().toNanos() - given.ageNanos(), TimeUnit.SECONDS.toNanos(1));
      headers.add(new Header("age", Long.toString(age)));
      headers.add(
          new Header(
              STATUS,
              "Starling; hit; ttl="
                  + left
                  + (source == Source.DEGRADED ? "; detail=stale-if-error" : "")));
    }
    if (source == Source.DEGRADED) {
      headers.add(new Header("starling-degraded", "true"));
    }
    String tag = find(done.headers(), "etag");
    return tag != null && ifNoneMatch != null && EntityTags.matches(ifNoneMatch, tag)
        ? new Done(Kind.NOT_MODIFIED, "", new byte[0], headers)
        : new Done(done.kind(), done.contentType(), done.body(), headers);
  }

  private static boolean mayBeKept(CacheRule rule, List<Header> headers) {
    for (Header header : headers) {
      boolean good =
          switch (header.name()) {
            case "set-cookie" -> false;
            case "cache-control" -> allows(rule, header.value());
            case "vary" -> isCovered(rule, header.value());
            default -> true;
          };
      if (!good) {
        return false;
      }
    }
    return true;
  }

  /** What is for one person is kept where each consumer has an answer of their own. */
  private static boolean allows(CacheRule rule, String cacheControl) {
    for (String part : cacheControl.split(",", -1)) {
      String directive = part.trim().toLowerCase(Locale.ROOT);
      if (directive.equals("no-store")
          || directive.equals("no-cache")
          || directive.startsWith("private") && !rule.vary().contains(CacheRule.CONSUMER)) {
        return false;
      }
    }
    return true;
  }

  /** Whether everything that the answer depends on tells answers apart. */
  private static boolean isCovered(CacheRule rule, String vary) {
    for (String part : vary.split(",", -1)) {
      String name = part.trim().toLowerCase(Locale.ROOT);
      if (!name.isEmpty() && !rule.vary().contains(name)) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable String find(List<Header> headers, String name) {
    for (Header header : headers) {
      if (header.name().equals(name)) {
        return header.value();
      }
    }
    return null;
  }
}
