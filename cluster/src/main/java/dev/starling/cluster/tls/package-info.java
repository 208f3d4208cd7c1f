/**
 * Who a node is among nodes: its certificate, its key, the authorities that it trusts; and a
 * private authority for development.
 *
 * <p>Contract: what is loaded here is fit to be used, or loading fails with one line that names the
 * key of the configuration, the file, and what was expected. Files are read once, at start;
 * certificates are exchanged by restarting nodes one after the other.
 *
 * <p>Failure modes: a certificate that expires while the node runs does not stop it. Connections
 * that exist stay, new ones are refused by peers; the node says so in its log, its metrics and
 * {@code /readyz?verbose}, but stays ready, because all nodes of a cluster would fail together.
 */
@NullMarked
package dev.starling.cluster.tls;

import org.jspecify.annotations.NullMarked;
