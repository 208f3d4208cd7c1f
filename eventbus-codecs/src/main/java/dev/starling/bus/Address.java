package dev.starling.bus;

import dev.starling.codec.Codec;
import java.util.function.Predicate;

/**
 * Names one request-reply contract of a service.
 *
 * @param service the service that answers, e.g. {@code auth}; the unit of routing and deployment
 * @param operation the contract's name inside the service with its version, e.g. {@code verify.v1}
 * @param request how the request is written
 * @param reply how the reply is written
 * @param turnedDown tells a reply which says that nothing was done, and that another instance may
 *     well do it: the call is sent there, as one that nobody took is
 */
public record Address<Q, R>(
    String service,
    String operation,
    Codec<Q> request,
    Codec<R> reply,
    Predicate<? super R> turnedDown) {
  private static final Predicate<Object> NEVER = reply -> false;

  /** Every reply is the answer. */
  public Address(String service, String operation, Codec<Q> request, Codec<R> reply) {
    this(service, operation, request, reply, NEVER);
  }

  @Override
  public String toString() {
    return service + "/" + operation;
  }
}
