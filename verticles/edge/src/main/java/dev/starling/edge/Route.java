package dev.starling.edge;

import dev.starling.bus.Address;
import dev.starling.bus.StreamAddress;
import dev.starling.contract.operation.OperationContract;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.service.OperationRecord;
import io.vertx.core.http.HttpHeaders;
import java.util.List;

/**
 * An operation that the edge offers, with what its requests need made beforehand. Immutable.
 *
 * @param service which service runs it
 * @param address where its calls go
 * @param stream where its streams are opened
 * @param headers the request headers that it wants, ready to be looked up
 */
record Route(
    String service,
    OperationRecord operation,
    Address<OperationRequest, OperationReply> address,
    StreamAddress<OperationRequest, OperationReply, StreamMessage, StreamMessage> stream,
    List<WantedHeader> headers) {

  record WantedHeader(String name, CharSequence key) {}

  static Route of(String service, OperationRecord operation) {
    return new Route(
        service,
        operation,
        OperationContract.operate(service),
        OperationContract.stream(service),
        operation.headers().stream()
            .map(name -> new WantedHeader(name, HttpHeaders.createOptimized(name)))
            .toList());
  }

  @Override
  public String toString() {
    return operation.method() + " " + operation.path() + " of " + service;
  }
}
