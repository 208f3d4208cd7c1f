package dev.starling.load;

/** Somebody who has signed up, with a token that outlives the run. */
public record User(String id, String token) {}
