package dev.starling.chaos.orders;

import dev.starling.chaos.Namespaces;
import dev.starling.load.LabNode;
import dev.starling.load.Pause;
import dev.starling.postgres.shards.Shards;
import java.util.List;
import java.util.Random;

/** Something that happens to a cluster that takes orders. */
enum Trouble {
  /** A node's process is killed, and started again. */
  KILL {
    @Override
    String strike(OrdersLab lab, Random random) {
      LabNode victim = any(lab.nodes(), random);
      victim.kill();
      Pause.millis(random.nextInt(LONGEST_MILLIS));
      victim.start();
      return victim.name();
    }
  },

  /** A node's process stands still, for shorter or longer than the others have patience. */
  FREEZE {
    @Override
    String strike(OrdersLab lab, Random random) {
      LabNode victim = any(lab.nodes(), random);
      victim.signal("STOP");
      int millis = SHORTEST_FREEZE_MILLIS + random.nextInt(LONGEST_MILLIS);
      Pause.millis(millis);
      victim.signal("CONT");
      return victim.name() + " for " + millis + " ms";
    }
  },

  /** One of the databases ends in immediate mode, and is started again. */
  POSTGRES {
    @Override
    String strike(OrdersLab lab, Random random) {
      boolean home = random.nextBoolean();
      Databases databases = lab.databases();
      if (home) {
        databases.crashHome();
      } else {
        databases.crashNorth();
      }
      Pause.millis(random.nextInt(LONGEST_OUTAGE_MILLIS));
      if (home) {
        databases.recoverHome();
        return "home";
      }
      databases.recoverNorth();
      return "north";
    }
  },

  /** A zone hears nothing of the others and of the databases, nor they of it. */
  CUT {
    @Override
    String strike(OrdersLab lab, Random random) {
      Namespaces network =
          lab.network().orElseThrow(() -> new IllegalStateException("nothing to cut on loopback"));
      LabNode victim = any(lab.nodes(), random);
      String zone = victim.zone();
      network.cut(zone, network.databaseHost());
      for (LabNode other : lab.nodes()) {
        if (other != victim) {
          network.cut(zone, other.host());
          network.cut(other.zone(), victim.host());
        }
      }
      int millis = SHORTEST_FREEZE_MILLIS + random.nextInt(LONGEST_MILLIS);
      Pause.millis(millis);
      network.heal();
      return "zone " + zone + " for " + millis + " ms";
    }
  },

  /** A shard moves to the other database. */
  MOVE {
    @Override
    String strike(OrdersLab lab, Random random) {
      return lab.moves().move(random.nextInt(Shards.COUNT));
    }
  },

  /** The primary of a database is lost for good, and its replica takes over. */
  PROMOTE {
    @Override
    String strike(OrdersLab lab, Random random) {
      lab.databases().promoteNorth();
      Pause.millis(random.nextInt(LONGEST_OUTAGE_MILLIS));
      lab.databases().rejoinNorth();
      return "north";
    }
  };

  private static final int SHORTEST_FREEZE_MILLIS = 300;
  private static final int LONGEST_MILLIS = 6_000;
  private static final int LONGEST_OUTAGE_MILLIS = 2_000;

  /** Strikes and takes it back; the cluster then needs a while to be whole. Says whom it struck. */
  abstract String strike(OrdersLab lab, Random random);

  private static <T> T any(List<T> some, Random random) {
    return some.get(random.nextInt(some.size()));
  }
}
