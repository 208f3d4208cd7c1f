/**
 * The one envelope in which the edge hands a domain operation to the service that declared it.
 *
 * <p>Contract: expected outcomes (refused, absent, conflicting) are replies. HTTP status does not
 * exist here; the edge maps each outcome to one. Failure modes: {@code INVALID_ARGUMENT} when the
 * service does not know the operation, otherwise those of the bus.
 */
@NullMarked
package dev.starling.contract.operation;

import org.jspecify.annotations.NullMarked;
