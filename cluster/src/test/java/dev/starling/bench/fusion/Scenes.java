package dev.starling.bench.fusion;

import dev.starling.bench.fusion.EventJson.Origin;
import dev.starling.bench.fusion.FusionTables.EventKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The same scene at every user's, again and again: the camera is opened, a picture is taken, and
 * then it is to become the wallpaper. Between the scenes devices go on. Used from one thread, but
 * for {@link #goOn}.
 */
final class Scenes implements AutoCloseable {
  private static final int AT_ONCE = 16;
  private static final Duration TAKEN_BEFORE = Duration.ofMillis(400);
  private static final String SAID = "set the photo i just took as wallpaper";

  private final Poster poster;
  private final List<Household> households;
  private final Set<EventKey> acknowledged = ConcurrentHashMap.newKeySet();
  private final Set<EventKey> utterances = ConcurrentHashMap.newKeySet();
  private final Crew crew = new Crew(AT_ONCE);

  Scenes(Poster poster, List<Household> households) {
    this.poster = poster;
    this.households = households;
  }

  /** Whatever was acknowledged. */
  Set<EventKey> acknowledged() {
    return acknowledged;
  }

  /** Those of them that are utterances. */
  Set<EventKey> utterances() {
    return utterances;
  }

  /** Lets everybody take a picture, and waits until all of it is acknowledged. */
  void see(String scene) {
    everybody((household, number) -> see(scene, household, number));
  }

  /** Lets everybody speak, at the same time, and waits until all of it is acknowledged. */
  void say(String scene) {
    everybody((household, number) -> say(scene, household, number));
  }

  private interface Doing {
    void by(Household household, int number);
  }

  private void everybody(Doing doing) {
    List<Callable<Boolean>> work = new ArrayList<>();
    for (int i = 0; i < households.size(); i++) {
      int number = i;
      work.add(
          () -> {
            doing.by(households.get(number), number);
            return true;
          });
    }
    crew.all(work);
  }

  private void see(String scene, Household household, int number) {
    Instant now = Instant.now();
    EventJson json = new EventJson();
    String camera = scene + "-camera";
    String image = scene + "-image";
    json.behaviour(
        origin(camera, now.minus(TAKEN_BEFORE.multipliedBy(2)), now),
        "app_opened",
        "app",
        "camera");
    json.image(origin(image, now.minus(TAKEN_BEFORE), now), image, "", "");
    poster.post(number + 1, Request.batch(json.list()).by(household.user()));
    acknowledged.add(key(household, camera));
    acknowledged.add(key(household, image));
  }

  private void say(String scene, Household household, int number) {
    Instant now = Instant.now();
    String id = scene + "-said";
    String said = new EventJson().speech(origin(id, now, now), SAID).list();
    poster.post(number, Request.batch(said).by(household.user()));
    acknowledged.add(key(household, id));
    utterances.add(key(household, id));
  }

  /**
   * Posts what a device did meanwhile, of one user after the other. May be called by another
   * thread.
   *
   * @param number of the call, from 0
   */
  void goOn(int number) {
    Household household = households.get(number % households.size());
    Instant now = Instant.now();
    EventJson json = new EventJson();
    List<EventKey> keys = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String id = "meanwhile-" + number + "-" + i;
      json.behaviour(origin(id, now, now), "device_touched", "where", "screen");
      keys.add(key(household, id));
    }
    poster.post(number, Request.batch(json.list()).by(household.user()));
    acknowledged.addAll(keys);
  }

  private static Origin origin(String id, Instant time, Instant sent) {
    return new Origin(Household.PHONE, id, time, sent);
  }

  private static EventKey key(Household household, String id) {
    return new EventKey(
        UUID.fromString(household.user().id()), EventJson.source(Household.PHONE), id);
  }

  @Override
  public void close() {
    crew.close();
  }
}
