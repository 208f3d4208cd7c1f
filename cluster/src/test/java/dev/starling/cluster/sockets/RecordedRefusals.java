package dev.starling.cluster.sockets;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Refusals whose lines a test can read. */
public final class RecordedRefusals {
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Refusals refusals = new Refusals(System::nanoTime, lines::add);

  public Refusals refusals() {
    return refusals;
  }

  public List<String> lines() {
    return lines;
  }
}
