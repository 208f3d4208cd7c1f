package dev.starling.fusion;

import dev.starling.fusion.core.FusionEvent;
import java.util.Comparator;
import java.util.UUID;

/** What names an event among those of all users. Immutable. */
record UserKey(UUID user, FusionEvent.Key key) {
  /** The same on all nodes: two that write the same events must not wait for each other. */
  static final Comparator<UserKey> ORDER =
      Comparator.comparing(UserKey::user).thenComparing(UserKey::key);

  static UserKey of(UUID user, String source, String id) {
    return new UserKey(user, new FusionEvent.Key(source, id));
  }
}
