package dev.starling.recommendations;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.starling.bus.CallContext;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.postgres.SqlReplies;
import dev.starling.sdk.Reply;
import io.vertx.core.Future;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers from memory while it may, else with a read over all databases, of which a node makes only
 * so many at once.
 *
 * <p>Thread-safe; shared by the instances of a node. A partial answer is not kept.
 */
final class Recommendations {
  private final ScatterRead read;
  private final int maxReads;
  private final Cache<UUID, Recommended> cache;
  private final AtomicInteger reading = new AtomicInteger();

  Recommendations(ScatterRead read, RecommendationsConfig config, LongSupplier nanoTime) {
    this.read = read;
    this.maxReads = config.maxReads();
    this.cache =
        Caffeine.newBuilder()
            .maximumSize(config.cacheMaxEntries())
            .expireAfterWrite(config.cacheLife())
            .ticker(nanoTime::getAsLong)
            // On the caller's thread: what there is to do is little.
            .executor(Runnable::run)
            .build();
  }

  Future<Reply<RecommendationsView>> of(UUID user, int limit, CallContext call) {
    @Nullable Recommended cached = cache.getIfPresent(user);
    if (cached != null) {
      return Future.succeededFuture(Reply.ok(RecommendationsView.of(cached, limit)));
    }
    if (reading.incrementAndGet() > maxReads) {
      reading.decrementAndGet();
      return Future.succeededFuture(
          Reply.refused(
              Refusal.NOT_EXECUTED, "this node reads recommendations for others; try again"));
    }
    return read.run(user, call)
        .onComplete(done -> reading.decrementAndGet())
        .map(
            found -> {
              if (!found.partial()) {
                cache.put(user, found);
              }
              return Reply.ok(RecommendationsView.of(found, limit));
            })
        .recover(SqlReplies::refusal);
  }
}
