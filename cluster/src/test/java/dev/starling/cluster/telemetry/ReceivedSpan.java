package dev.starling.cluster.telemetry;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A span as a collector reads it, by the field numbers of {@code opentelemetry/proto/trace/v1}.
 *
 * @param id in hexadecimal digits, as {@code parent} is, which is empty for none
 * @param attributes values as {@code String}, {@code Long}, {@code Double} or {@code Boolean}
 * @param links trace and span ids with a dash between
 * @param resource the attributes of whoever made it
 */
record ReceivedSpan(
    String trace,
    String id,
    String parent,
    String name,
    long kind,
    long startNanos,
    long endNanos,
    Map<String, Object> attributes,
    List<String> links,
    boolean failed,
    Map<String, Object> resource) {
  static final long INTERNAL = 1;
  static final long SERVER = 2;
  static final long CONSUMER = 5;
  private static final long ERROR = 2;

  /** Those of an export request. */
  static List<ReceivedSpan> read(byte[] request) throws InvalidProtocolBufferException {
    List<ReceivedSpan> spans = new ArrayList<>();
    for (UnknownFieldSet ofResource : messages(UnknownFieldSet.parseFrom(request), 1)) {
      Map<String, Object> resource = attributes(messages(ofResource, 1).get(0), 1);
      for (UnknownFieldSet ofScope : messages(ofResource, 2)) {
        for (UnknownFieldSet span : messages(ofScope, 2)) {
          spans.add(span(span, resource));
        }
      }
    }
    return spans;
  }

  private static ReceivedSpan span(UnknownFieldSet span, Map<String, Object> resource)
      throws InvalidProtocolBufferException {
    List<String> links = new ArrayList<>();
    for (UnknownFieldSet link : messages(span, 13)) {
      links.add(hex(link, 1) + "-" + hex(link, 2));
    }
    boolean failed = false;
    for (UnknownFieldSet status : messages(span, 15)) {
      failed = status.getField(3).getVarintList().contains(ERROR);
    }
    return new ReceivedSpan(
        hex(span, 1),
        hex(span, 2),
        hex(span, 4),
        span.getField(5).getLengthDelimitedList().get(0).toStringUtf8(),
        span.getField(6).getVarintList().get(0),
        span.getField(7).getFixed64List().get(0),
        span.getField(8).getFixed64List().get(0),
        attributes(span, 9),
        links,
        failed,
        resource);
  }

  private static Map<String, Object> attributes(UnknownFieldSet owner, int field)
      throws InvalidProtocolBufferException {
    Map<String, Object> attributes = new HashMap<>();
    for (UnknownFieldSet pair : messages(owner, field)) {
      UnknownFieldSet value = messages(pair, 2).get(0);
      String key = pair.getField(1).getLengthDelimitedList().get(0).toStringUtf8();
      if (value.hasField(1)) {
        attributes.put(key, value.getField(1).getLengthDelimitedList().get(0).toStringUtf8());
      } else if (value.hasField(2)) {
        attributes.put(key, value.getField(2).getVarintList().get(0) != 0);
      } else if (value.hasField(3)) {
        attributes.put(key, value.getField(3).getVarintList().get(0));
      } else {
        attributes.put(key, Double.longBitsToDouble(value.getField(4).getFixed64List().get(0)));
      }
    }
    return attributes;
  }

  private static List<UnknownFieldSet> messages(UnknownFieldSet owner, int field)
      throws InvalidProtocolBufferException {
    List<UnknownFieldSet> messages = new ArrayList<>();
    for (ByteString bytes : owner.getField(field).getLengthDelimitedList()) {
      messages.add(UnknownFieldSet.parseFrom(bytes));
    }
    return messages;
  }

  private static String hex(UnknownFieldSet owner, int field) {
    List<ByteString> bytes = owner.getField(field).getLengthDelimitedList();
    return bytes.isEmpty() ? "" : HexFormat.of().formatHex(bytes.get(0).toByteArray());
  }
}
