package dev.starling.fusion;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.bus.CallContext;
import dev.starling.fusion.EventAck.Outcome;
import dev.starling.fusion.LogQueue.Appended;
import dev.starling.postgres.SqlException;
import dev.starling.sdk.Conversation;
import dev.starling.sdk.Json;
import dev.starling.sdk.StreamReader;
import dev.starling.sdk.StreamWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket over which a device sends events and hears what became of each, in the order in which
 * that is known. Confined to an instance's context.
 *
 * <p>So many events may be without an answer that the client has taken; then no more are read until
 * some are answered.
 */
final class EventSocket implements Conversation<JsonNode, EventAck> {
  private static final Logger log = LoggerFactory.getLogger(EventSocket.class);
  private static final int MOST_OPEN = 256;
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int MAX_SHOWN = 128;

  private final UUID user;
  private final CallContext opening;
  private final EventReader reader;
  private final Intake intake;
  private final Deque<EventAck> answers = new ArrayDeque<>();
  private @Nullable StreamReader<JsonNode> in;
  private @Nullable StreamWriter<EventAck> out;
  private int working;
  private boolean paused;
  private boolean ended;
  private boolean over;

  EventSocket(UUID user, CallContext opening, EventReader reader, Intake intake) {
    this.user = user;
    this.opening = opening;
    this.reader = reader;
    this.intake = intake;
  }

  @Override
  public void begin(StreamReader<JsonNode> newIn, StreamWriter<EventAck> newOut) {
    in = newIn;
    out = newOut;
    newIn
        .onItem(this::received)
        .onEnd(
            () -> {
              ended = true;
              flush();
            });
    newOut
        .onClosed(
            failure -> {
              over = true;
              answers.clear();
            })
        .onReady(this::flush);
  }

  private void received(JsonNode item) {
    working++;
    if (!paused && working + answers.size() >= MOST_OPEN && in != null) {
      paused = true;
      in.pause();
    }
    NewEvent event;
    try (JsonParser json = Json.MAPPER.treeAsTokens(item)) {
      json.nextToken();
      event = reader.read(json, "", intake.now());
    } catch (UnusableEvent e) {
      answer(shown(item, "id"), shown(item, "source"), Outcome.REFUSED, e.detail());
      return;
    } catch (IOException e) {
      answer(shown(item, "id"), shown(item, "source"), Outcome.REFUSED, "it cannot be read");
      return;
    }
    CallContext call = opening.withDeadline(System.nanoTime() + LIMIT.toNanos());
    intake
        .take(user, event, call)
        .onComplete((appended, failure) -> settle(event, appended, failure));
  }

  private void settle(NewEvent event, @Nullable Appended appended, @Nullable Throwable failure) {
    String id = event.event().id();
    String source = event.event().source();
    if (appended != null) {
      answer(id, source, appended.fresh().isEmpty() ? Outcome.DUPLICATE : Outcome.ACCEPTED, null);
    } else if (failure instanceof UnusableEvent unusable) {
      answer(
          id, source, unusable.isForLater() ? Outcome.AGAIN : Outcome.REFUSED, unusable.detail());
    } else {
      if (!(failure instanceof SqlException)) {
        log.error("An event of a socket could not be stored", failure);
      }
      answer(id, source, Outcome.AGAIN, "it cannot be told that it was stored; send it again");
    }
  }

  private void answer(String id, String source, Outcome outcome, @Nullable String reason) {
    working--;
    if (!over) {
      answers.add(new EventAck(id, source, outcome, reason));
      flush();
    }
  }

  private void flush() {
    StreamWriter<EventAck> writer = out;
    if (writer == null || over) {
      return;
    }
    while (!answers.isEmpty() && writer.isReady()) {
      writer.send(answers.remove());
    }
    if (paused && working + answers.size() <= MOST_OPEN / 2 && in != null) {
      paused = false;
      in.resume();
    }
    if (ended && working == 0 && answers.isEmpty()) {
      over = true;
      writer.end();
    }
  }

  private static String shown(JsonNode item, String name) {
    return Excerpt.of(item.path(name).asText(), MAX_SHOWN);
  }
}
