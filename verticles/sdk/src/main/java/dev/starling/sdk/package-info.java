/**
 * What a verticle is made of: declared operations, validated input, JSON, configuration.
 *
 * <p>Contract: a {@link dev.starling.sdk.ServiceVerticle} declares its operations once; each
 * instance serves them on its own context; path, query and body reach its handlers validated
 * against the constraints of their records, and the same constraints are announced to every edge as
 * OpenAPI. An operation answers once, or is a stream to which a {@link dev.starling.sdk.Producer}
 * sends as fast as the client reads.
 *
 * <p>Failure modes: input that breaks a constraint is refused with a list of what is wrong and
 * where, before the handler runs. What a handler throws is logged once and answered as {@code
 * INTERNAL}. A declaration that contradicts itself fails the deployment with one clear line.
 */
@NullMarked
package dev.starling.sdk;

import org.jspecify.annotations.NullMarked;
