package dev.starling.chaos;

import dev.starling.load.FaultProxy;
import dev.starling.load.Gets;
import dev.starling.load.LabNode;
import dev.starling.load.OpenLoop;
import dev.starling.load.Pause;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Everything that nodes and their database say to each other arrives 2 s late. What needs it is
 * refused or waits; what does not, here a ping and a profile that the edge remembers, is as fast as
 * ever. Needs a lab behind a proxy of the database.
 */
final class SlowDatabase implements Fault {
  /** Continues the lab's policy file. */
  static final String POLICIES =
      """
      caches:
        - { name: profiles, match: { operation: users.get }, ttl: 10m, vary: [consumer] }
      """;

  private static final int DELAY_MILLIS = 2_000;
  private static final int WATCH_MILLIS = 6_000;
  private static final int OTHERS_PER_SECOND = 100;
  private static final double PERCENT = 100;

  private final FaultProxy database;
  private final Account reader;

  SlowDatabase(FaultProxy database, List<Account> accounts) {
    this.database = database;
    this.reader = accounts.get(0);
  }

  @Override
  public String name() {
    return "slowdatabase";
  }

  @Override
  public Map<Measure, Double> bounds() {
    return Fault.bounds(
        Measure.LOST_WRITES, 0, Measure.OTHERS_FAILED, 0, Measure.OTHERS_SLOWER, 200);
  }

  @Override
  public RoundResult play(Round round, Random random) {
    List<LabNode> edges = round.lab().edges();
    String profile = "/v1/users/" + reader.user.id();
    try (OpenLoop<Gets> pings = Gets.of("/v1/ping", edges, reader.user);
        OpenLoop<Gets> profiles = Gets.of(profile, edges, reader.user)) {
      pings.start(OTHERS_PER_SECOND);
      profiles.start(OTHERS_PER_SECOND);
      round.begin();
      Gets.Outcome pingsBefore = pings.ask(Gets::take);
      Gets.Outcome profilesBefore = profiles.ask(Gets::take);
      round.strike(() -> database.delay(DELAY_MILLIS));
      Pause.millis(WATCH_MILLIS);
      pings.stop();
      profiles.stop();
      Gets.Outcome pingsAfter = pings.ask(Gets::take);
      Gets.Outcome profilesAfter = profiles.ask(Gets::take);
      database.delay(0);
      round.end();
      round
          .set(Measure.OTHERS_FAILED, pingsAfter.failed() + profilesAfter.failed())
          .set(
              Measure.OTHERS_SLOWER,
              Math.max(
                  slower(round, "ping", pingsBefore, pingsAfter),
                  slower(round, "profile", profilesBefore, profilesAfter)));
    }
    round.lab().awaitWhole();
    return round.reckon();
  }

  private static double slower(Round round, String what, Gets.Outcome before, Gets.Outcome after) {
    double earlier = before.succeeded().p99Millis();
    double later = after.succeeded().p99Millis();
    round.note(
        "p99 of %s: %.1f ms before, %.1f ms while the database is slow; others by status %s"
            .formatted(what, earlier, later, after.others()));
    return PERCENT * later / earlier;
  }
}
