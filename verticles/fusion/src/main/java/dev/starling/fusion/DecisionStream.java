package dev.starling.fusion;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.fusion.DecisionStore.Listed;
import dev.starling.sdk.Json;
import dev.starling.sdk.Producer;
import dev.starling.sdk.StreamWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows a user's decisions to one client, from where it was or from now on. Confined to an
 * instance's context.
 *
 * <p>Ids grow with time, and are those of several nodes: one that is a little lower may be
 * committed a little later. So a look goes back a little, and what was sent is remembered.
 */
final class DecisionStream implements Producer<DecisionView>, DecisionWatch.Watcher {
  private static final Logger log = LoggerFactory.getLogger(DecisionStream.class);
  private static final Duration READING = Duration.ofSeconds(2);
  private static final Duration BACK = Duration.ofSeconds(15);
  private static final int PAGE = 100;
  private static final int REMEMBERED = 1_024;

  private final UUID user;
  private final DecisionStore store;
  private final DecisionWatch watch;
  private final Set<UUID> sent =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<UUID, Boolean> eldest) {
              return size() > REMEMBERED;
            }
          });
  private final Deque<Listed> next = new ArrayDeque<>();
  private final Instant from;

  /** The greatest that was read; null before the first. */
  private @Nullable UUID last;

  private @Nullable StreamWriter<DecisionView> out;
  private boolean reading;
  private boolean again;
  private boolean over;

  /**
   * @param after what the client saw last; null to begin now
   */
  DecisionStream(
      UUID user, DecisionStore store, DecisionWatch watch, @Nullable UUID after, Instant now) {
    this.user = user;
    this.store = store;
    this.watch = watch;
    this.from = after == null ? now : time(after);
    this.last = after;
    if (after != null) {
      sent.add(after);
    }
  }

  /** The time in an id of version 7. */
  static Instant time(UUID id) {
    return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
  }

  /** Less than each id of version 7 that was made then. */
  private static UUID floor(Instant time) {
    return new UUID(time.toEpochMilli() << 16, 0);
  }

  @Override
  public void produce(StreamWriter<DecisionView> writer) {
    if (watch.isFull()) {
      // Others came meanwhile.
      writer.fail(Refusal.NOT_EXECUTED, Decisions.FULL);
      return;
    }
    out = writer;
    watch.add(user, this);
    writer
        .onClosed(
            failure -> {
              over = true;
              next.clear();
              watch.remove(user, this);
            })
        .onReady(this::flush);
    look();
  }

  @Override
  public void look() {
    if (over) {
      return;
    }
    if (reading || !next.isEmpty()) {
      again = true;
      return;
    }
    reading = true;
    UUID known = last;
    // Without a place to go on from, what was decided before the stream began is not shown.
    Instant back = known == null ? from : later(from, time(known).minus(BACK));
    read(floor(back));
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private void read(UUID after) {
    store
        .since(user, after, PAGE, READING)
        .onFailure(
            failure -> {
              log.debug("Decisions are looked at again later", failure);
              reading = false;
            })
        .onSuccess(
            found -> {
              for (Listed one : found) {
                if (sent.add(one.uid())) {
                  next.add(one);
                  UUID known = last;
                  // As PostgreSQL compares them.
                  if (known == null || one.uid().toString().compareTo(known.toString()) > 0) {
                    last = one.uid();
                  }
                }
              }
              if (found.size() == PAGE && next.size() < PAGE) {
                read(found.get(PAGE - 1).uid());
                return;
              }
              again |= found.size() == PAGE;
              reading = false;
              flush();
            });
  }

  private void flush() {
    StreamWriter<DecisionView> writer = out;
    if (writer == null || over) {
      return;
    }
    while (!next.isEmpty() && writer.isReady()) {
      Listed one = next.remove();
      DecisionView view = view(one.answer());
      writer.send(view.revision() == 1 ? "decided" : "corrected", one.uid().toString(), view);
    }
    if (again && next.isEmpty() && !reading) {
      again = false;
      look();
    }
  }

  private static DecisionView view(String answer) {
    try {
      return Json.MAPPER.readValue(answer, DecisionView.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a decision cannot be read", e);
    }
  }
}
