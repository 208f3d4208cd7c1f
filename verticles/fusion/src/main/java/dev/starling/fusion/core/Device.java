package dev.starling.fusion.core;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * A device of a user, as it is registered. Immutable.
 *
 * @param id the {@code deviceId} of its events
 * @param name as its user calls it
 * @param location where it is, e.g. {@code kitchen}; empty when it is carried or unknown
 * @param capabilities what it can be told to do
 */
public record Device(String id, String name, Kind kind, String location, Set<Intent> capabilities) {
  public Device {
    capabilities = Collections.unmodifiableSet(new TreeSet<>(capabilities));
  }

  /** What kind of device it is. */
  public enum Kind {
    PHONE,
    TABLET,
    TV,
    FRAME,
    SPEAKER,
    LIGHT,
    PRINTER
  }
}
