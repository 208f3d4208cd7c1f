package dev.starling.fusion;

import dev.starling.contract.fusion.FusionContract;
import dev.starling.sdk.Members;
import dev.starling.sdk.Rendezvous;
import java.util.List;
import java.util.UUID;

/** Which node decides for a user: saves work, and decides nothing else. Thread-safe. */
record FusionOwners(Members members) {

  String of(UUID user) {
    return Rendezvous.owner(
        nodes(),
        members.self(),
        Rendezvous.mixed(user.getMostSignificantBits() * 31 + user.getLeastSignificantBits()));
  }

  boolean isSelf(UUID user) {
    return of(user).equals(members.self());
  }

  /** The same list until it changes. */
  List<String> nodes() {
    return members.serving(FusionContract.SERVICE);
  }
}
