package dev.starling.bus;

/** A message as it came from, or goes to, another node: the bytes that its codec reads. */
record EncodedPayload(byte[] bytes) {}
