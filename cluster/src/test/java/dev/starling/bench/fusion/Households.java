package dev.starling.bench.fusion;

import dev.starling.load.LabNode;
import dev.starling.load.SignUps;
import dev.starling.load.User;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Signs users up and registers their devices. Its methods block. */
final class Households {
  /** Passwords are hashed by as many threads as there are cores. */
  private static final int AT_ONCE = 4;

  private Households() {}

  static List<Household> create(LabNode edge, int count) {
    List<Callable<List<Household>>> work = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      int share = count / AT_ONCE + (i < count % AT_ONCE ? 1 : 0);
      work.add(() -> some(edge, share));
    }
    try (Crew crew = new Crew(AT_ONCE)) {
      return crew.all(work).stream().flatMap(List::stream).toList();
    }
  }

  private static List<Household> some(LabNode edge, int count) {
    Client client = new Client(edge);
    List<Household> made = new ArrayList<>();
    for (User user : new SignUps(edge).create(count, "listener")) {
      for (String device : Household.DEVICES) {
        Request put = Request.put("/v1/devices/" + device, Household.registration(device)).by(user);
        client.send(put).expected(put);
      }
      made.add(new Household(user));
    }
    return made;
  }
}
