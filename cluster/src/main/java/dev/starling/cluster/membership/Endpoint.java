package dev.starling.cluster.membership;

import org.jspecify.annotations.Nullable;

/**
 * Where a node's event-bus server can be reached, with the metadata that it attaches.
 *
 * <p>Immutable. Shape: host 1..255 bytes of UTF-8; port 1..65535; metadata is JSON text or absent.
 */
record Endpoint(String host, int port, @Nullable String metadata) {}
