package dev.starling.bench.fusion;

import dev.starling.bench.fusion.EventJson.Origin;
import dev.starling.bench.fusion.EventMix.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What devices send, in batches that are numbered: each is the last few events of one device, the
 * newest of which has just happened. Immutable; the same in every run but for the times.
 *
 * @param users who take turns; in one round each user's device sends one batch
 * @param size events of a batch; of a number of which {@link EventMix#CYCLE} is a multiple
 * @param spacing between the events of a batch
 */
record Batches(int users, int size, Duration spacing) {
  private static final List<String> APPS = List.of("mail", "maps", "music", "camera", "weather");
  private static final List<String> THINGS =
      List.of("beach", "receipt", "dog", "bridge", "cake", "mountain", "bicycle", "garden");

  /**
   * @param rate events in a second, of all users together: a batch's events fit between the user's
   *     batch before and this one
   */
  static Batches at(int users, int size, int rate) {
    long perRound = Math.round(1e9 * users / rate);
    return new Batches(users, size, Duration.ofNanos(perRound * 9 / 10));
  }

  /** Whose it is. Each round begins with another user, so that all of them say something. */
  int user(long batch) {
    return (int) ((batch + batch / users) % users);
  }

  /**
   * Users speak to the phone that takes their pictures: "the photo I just took" is ambiguous when
   * another device took one at about the same time, and is asked about. Tablet and light take turns
   * with what is neither.
   */
  String device(long batch) {
    for (int i = 0; i < size; i++) {
      if (EventMix.of(number(batch, i)) != Kind.BEHAVIOUR) {
        return Household.PHONE;
      }
    }
    return number(batch, 0) / EventMix.CYCLE % 2 == 0 ? Household.TABLET : Household.LIGHT;
  }

  /** The id of its utterance; empty when it has none. */
  String utterance(long batch) {
    for (int i = 0; i < size; i++) {
      if (EventMix.of(number(batch, i)) == Kind.UTTERANCE) {
        return id(batch, i);
      }
    }
    return "";
  }

  /** The batch that an event with this id is of. */
  static long batchOf(String id) {
    return Long.parseLong(id.substring(1, id.indexOf('-')));
  }

  /**
   * Its events in their order, as a list in JSON.
   *
   * @param due when it was to be sent, which is when the last event happened
   * @param now when it is sent
   */
  String list(long batch, Instant due, Instant now) {
    EventJson json = new EventJson();
    for (int i = 0; i < size; i++) {
      write(json, batch, i, due, now);
    }
    return json.list();
  }

  /** The same, each by itself. */
  List<String> each(long batch, Instant due, Instant now) {
    List<String> events = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      EventJson json = new EventJson();
      write(json, batch, i, due, now);
      events.add(json.one());
    }
    return events;
  }

  /** The id of one of its events, from 0. */
  static String id(long batch, int place) {
    return "b" + batch + "-" + place;
  }

  private void write(EventJson json, long batch, int place, Instant due, Instant now) {
    long number = number(batch, place);
    String id = id(batch, place);
    Instant time = due.minus(spacing.multipliedBy(size - 1L - place));
    Origin origin = new Origin(device(batch), id, time, now);
    switch (EventMix.of(number)) {
      case UTTERANCE -> json.speech(origin, Wordings.of(number / EventMix.CYCLE));
      case IMAGE -> {
        // Every other one has been looked at by its device.
        boolean known = number / EventMix.CYCLE % 2 == 0;
        String thing = THINGS.get((int) (number / 2 % THINGS.size()));
        json.image(origin, "img-" + id, known ? "a " + thing + " today" : "", thing);
      }
      case BEHAVIOUR -> {
        String app = APPS.get((int) (number % APPS.size()));
        if (number % 2 == 0) {
          json.behaviour(origin, "app_opened", "app", app);
        } else {
          json.behaviour(origin, "device_touched", "where", "screen");
        }
      }
    }
  }

  private long number(long batch, int place) {
    return batch * size + place;
  }
}
