package dev.starling.bus;

import dev.starling.codec.Codec;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;

/**
 * Asks a service to open a stream.
 *
 * @param caller the end that the stream will have at the caller
 * @param credit what the service may send at once
 * @param request the contract's own request
 */
record OpenRequest<Q>(StreamEnd caller, Credit credit, Q request) {

  /** Bytes: caller, credit, request. A record, so that equal contracts have equal addresses. */
  record Format<Q>(Codec<Q> request) implements Codec<OpenRequest<Q>> {
    @Override
    public void encode(OpenRequest<Q> value, WireWriter out) {
      value.caller.encode(out);
      value.credit.encode(out);
      request.encode(value.request, out);
    }

    @Override
    public OpenRequest<Q> decode(WireReader in) {
      return new OpenRequest<>(StreamEnd.decode(in), Credit.decode(in), request.decode(in));
    }
  }
}
