package dev.starling.fusion;

/** What is taken and given, as JSON Schemas; for the documentation. Without state. */
final class EventSchemas {
  static final String OBJECT = "{\"type\":\"object\"}";

  static final String EVENT =
      """
      {"type":"object","description":"A CloudEvent; data depends on its type (docs/fusion.md)",\
      "required":["specversion","id","source","type","time","data"],"properties":{\
      "specversion":{"const":"1.0"},\
      "id":{"type":"string","minLength":1,"maxLength":128},\
      "source":{"type":"string","pattern":"^/devices/[A-Za-z0-9._-]{1,64}$"},\
      "type":{"enum":["dev.starling.fusion.speech","dev.starling.fusion.text",\
      "dev.starling.fusion.image","dev.starling.fusion.behaviour"]},\
      "time":{"type":"string","format":"date-time"},\
      "sentat":{"type":"string","format":"date-time"},\
      "data":{"type":"object"}}}""";

  static final String BATCH = "{\"type\":\"array\",\"items\":" + EVENT + "}";

  static final String ACCEPTED =
      """
      {"type":"object","required":["accepted","duplicates"],"properties":{\
      "accepted":{"type":"integer"},"duplicates":{"type":"integer"}}}""";

  private EventSchemas() {}
}
