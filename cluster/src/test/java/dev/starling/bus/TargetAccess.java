package dev.starling.bus;

/** Does to a target what the bus does, for tests of who reads it. */
public final class TargetAccess {
  private TargetAccess() {}

  public static void timeOut(Target target) {
    target.timedOut();
  }

  public static void begin(Target target, int calls) {
    for (int i = 0; i < calls; i++) {
      target.begin();
    }
  }

  public static LocalInstances localInstances(String nodeId) {
    return new LocalInstances(nodeId);
  }
}
