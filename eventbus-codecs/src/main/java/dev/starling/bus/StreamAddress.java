package dev.starling.bus;

import dev.starling.codec.Codec;

/**
 * Names one stream contract of a service: a request that opens a stream, the answer to it, and the
 * items that then go either way. Directions are the service's: <em>in</em> is what it receives.
 *
 * @param service the service that answers; the unit of routing and deployment
 * @param operation the contract's name inside the service with its version, e.g. {@code stream.v1}
 * @param request how the request that opens a stream is written
 * @param answer how the answer is written, whether it accepts the stream or not
 * @param in how the items to the service are written
 * @param out how the items from the service are written
 */
public record StreamAddress<Q, A, I, O>(
    String service,
    String operation,
    Codec<Q> request,
    Codec<A> answer,
    ItemCodec<I> in,
    ItemCodec<O> out) {

  /** Streams are opened by a call, which chooses a node and moves on like any other. */
  Address<OpenRequest<Q>, OpenReply<A>> opening() {
    return new Address<>(
        service, operation, new OpenRequest.Format<>(request), new OpenReply.Format<>(answer));
  }

  @Override
  public String toString() {
    return service + "/" + operation;
  }
}
