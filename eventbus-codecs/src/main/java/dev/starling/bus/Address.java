package dev.starling.bus;

import dev.starling.codec.Codec;

/**
 * Names one request-reply contract of a service.
 *
 * @param service the service that answers, e.g. {@code auth}; the unit of routing and deployment
 * @param operation the contract's name inside the service with its version, e.g. {@code verify.v1}
 * @param request how the request is written
 * @param reply how the reply is written
 */
public record Address<Q, R>(String service, String operation, Codec<Q> request, Codec<R> reply) {

  @Override
  public String toString() {
    return service + "/" + operation;
  }
}
