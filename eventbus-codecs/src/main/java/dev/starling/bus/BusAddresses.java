package dev.starling.bus;

/** The names that the bus registers with the Vert.x event bus; nothing else may use them. */
final class BusAddresses {
  /** Every node listens here for events; the only clustered address besides the nodes' own. */
  static final String EVENTS = "starling.events";

  private BusAddresses() {}

  /** Clustered: requests and replies that come from other nodes. */
  static String node(String nodeId) {
    return "starling.node." + nodeId;
  }

  /** Local: requests to one instance of a service. */
  static String instance(String service, int instance) {
    return service + "#" + instance;
  }

  /** Local: replies to the calls of one context. */
  static String inbox(int instance) {
    return "starling.inbox#" + instance;
  }

  /** Local: events of one topic. */
  static String topic(String name) {
    return "starling.topic." + name;
  }
}
