package dev.starling.chaos;

import dev.starling.load.LabNode;
import dev.starling.load.Pause;
import dev.starling.load.SignUps;
import java.util.List;

/** The lab's users, and what the cluster knows of them. */
final class Accounts {
  /** A near-cache may be as old as this when the news of a write was lost. */
  private static final int STALE_MILLIS = 1_200;

  private final SignUps signUps;

  Accounts(LabNode edge) {
    this.signUps = new SignUps(edge);
  }

  List<Account> create(int count) {
    return signUps.create(count, "write 0").stream().map(Account::new).toList();
  }

  /** The number of the last write that was executed for each account. */
  List<Integer> lastWrites(List<Account> accounts) {
    Pause.millis(STALE_MILLIS);
    return accounts.stream()
        .map(account -> signUps.profile(account.user).path("name").asText())
        .map(name -> Integer.parseInt(name.replaceFirst("write ", "")))
        .toList();
  }
}
