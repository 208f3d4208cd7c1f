package dev.starling.users;

/** Exists to be depended on by a class that must not. */
public final class PlantedNeighbour {
  public static int mutableState;

  private PlantedNeighbour() {}
}
