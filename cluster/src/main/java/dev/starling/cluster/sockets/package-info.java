/**
 * The TCP sockets that membership runs on: plain ones for loopback, or TLS with a certificate on
 * both ends.
 *
 * <p>Contract: with TLS, {@link java.net.ServerSocket#accept} gives only connections whose other
 * end has proved who it is, and {@code connect} returns only after this end has done so; no byte of
 * an unproved peer reaches JGroups. Handshakes happen off the accepting thread, each with a
 * deadline, so that a stranger who says nothing holds up nobody and a frozen peer blocks its caller
 * for a bounded time.
 *
 * <p>Failure modes: a connection that is refused is closed, counted, and named in the log at most
 * once a minute for each host and reason. A node with TLS and one without refuse each other and
 * both say why.
 */
@NullMarked
package dev.starling.cluster.sockets;

import org.jspecify.annotations.NullMarked;
