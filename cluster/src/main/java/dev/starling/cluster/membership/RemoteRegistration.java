package dev.starling.cluster.membership;

/** A {@link Registration} as seen from another node: who serves the address, and its sequence. */
record RemoteRegistration(String nodeId, long seq) {}
