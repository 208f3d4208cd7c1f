package dev.starling.inferencejobs;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.StreamWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows clients how their jobs go on. Confined to the context of its instance.
 *
 * <p>That something changed is only a reason to look; what is sent was read from the shard's
 * primary. So a message that is lost makes a change late, never wrong, and changes that follow each
 * other closely may be seen as one.
 */
final class JobWatch {
  private static final Logger log = LoggerFactory.getLogger(JobWatch.class);
  private static final Duration READ_LIMIT = Duration.ofSeconds(2);
  private static final String EVENT = "state";

  /** Why nobody else may watch. */
  static final String FULL = "too many watch jobs here; ask again";

  private final Shards shards;
  private final int max;
  private final Map<UUID, Set<Watcher>> watchers = new HashMap<>();
  private int count;

  JobWatch(Shards shards, int max) {
    this.shards = shards;
    this.max = max;
  }

  /** Whether nobody else may watch now. */
  boolean isFull() {
    return count >= max;
  }

  /** Sends a job as it was found, then what becomes of it. */
  void begin(Job job, StreamWriter<JobView> out) {
    if (isFull()) {
      // Others came while this one was looked up.
      out.fail(Refusal.NOT_EXECUTED, FULL);
      return;
    }
    Watcher watcher = new Watcher(job, out);
    watchers.computeIfAbsent(job.id(), first -> new LinkedHashSet<>()).add(watcher);
    count++;
    out.onClosed(over -> end(watcher)).onReady(watcher::flush);
    // It may have changed between the reading and now.
    watcher.look();
  }

  /** Something was said to have changed. */
  void changed(UUID id) {
    List.copyOf(watchers.getOrDefault(id, Set.of())).forEach(Watcher::look);
  }

  /** Looks at all; to be called each few seconds. */
  void lookAtAll() {
    List.copyOf(watchers.keySet()).forEach(this::changed);
  }

  private void end(Watcher watcher) {
    Set<Watcher> ofJob = watchers.getOrDefault(watcher.id, Set.of());
    if (ofJob.remove(watcher)) {
      count--;
      if (ofJob.isEmpty()) {
        watchers.remove(watcher.id);
      }
    }
  }

  /** One client. */
  private final class Watcher {
    private final UUID id;
    private final UUID user;
    private final StreamWriter<JobView> out;

    /** The newest that was not sent; null when there is none. */
    private @Nullable JobView next;

    private @Nullable JobView sent;
    private boolean reading;
    private boolean again;
    private boolean over;

    Watcher(Job found, StreamWriter<JobView> out) {
      this.id = found.id();
      this.user = found.userId();
      this.out = out;
      this.next = JobView.of(found);
    }

    /** One reading at a time; what is asked for meanwhile is one more. */
    void look() {
      if (over) {
        return;
      }
      if (reading) {
        again = true;
        return;
      }
      reading = true;
      int shard = Shards.of(user);
      shards
          .read(shard, READ_LIMIT, connection -> JobStore.byId(connection, shard, user, id))
          .onFailure(failure -> log.debug("Job {} is looked at again later", id, failure))
          .onSuccess(this::found)
          .onComplete(
              done -> {
                reading = false;
                if (again) {
                  again = false;
                  look();
                }
              });
    }

    private void found(@Nullable Job job) {
      if (over) {
        return;
      }
      if (job == null) {
        // Deleted, so it ended long ago.
        over = true;
        out.end();
        return;
      }
      JobView view = JobView.of(job);
      if (!view.equals(sent)) {
        next = view;
        flush();
      }
    }

    void flush() {
      JobView view = next;
      if (view == null || over || !out.isReady()) {
        return;
      }
      next = null;
      sent = view;
      out.send(EVENT, "", view);
      if (view.state().isFinal()) {
        over = true;
        out.end();
      }
    }
  }
}
