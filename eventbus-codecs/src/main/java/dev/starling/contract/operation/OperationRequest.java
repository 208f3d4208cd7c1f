package dev.starling.contract.operation;

import dev.starling.codec.Codec;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One call of a domain operation, as the client made it; nothing in it has been validated.
 *
 * @param operation the operation's id, e.g. {@code users.get}
 * @param path the values of the path's parameters, decoded, in the order of the template
 * @param query the raw query string without the question mark; empty for none
 * @param headers the request headers that the operation announced, names in lower case
 * @param clientAddress the caller's IP address as text
 * @param body the body's bytes; empty for none. Not copied: neither side may write to it
 */
public record OperationRequest(
    String operation,
    List<String> path,
    String query,
    List<Header> headers,
    String clientAddress,
    byte[] body) {

  public static final Codec<OperationRequest> CODEC = new RequestCodec();

  public OperationRequest {
    path = List.copyOf(path);
    headers = List.copyOf(headers);
  }

  /** The first value of a header, or null. */
  public @Nullable String header(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    for (Header header : headers) {
      if (header.name().equals(wanted)) {
        return header.value();
      }
    }
    return null;
  }

  private static final class RequestCodec implements Codec<OperationRequest> {
    @Override
    public void encode(OperationRequest value, WireWriter out) {
      out.writeString(value.operation);
      out.writeAll(value.path, WireWriter::writeString);
      out.writeString(value.query);
      out.writeAll(value.headers, Header::encode);
      out.writeString(value.clientAddress);
      out.writeBytes(value.body);
    }

    @Override
    public OperationRequest decode(WireReader in) {
      return new OperationRequest(
          in.readString(),
          in.readAll(WireReader::readString),
          in.readString(),
          in.readAll(Header::decode),
          in.readString(),
          in.readBytes());
    }
  }
}
