package dev.starling.bus;

/** Counts what one end has sent against what it may send. Not thread-safe. */
final class SendWindow {
  private long items;
  private long bytes;
  private long maxItems;
  private long maxBytes;

  SendWindow(Credit credit) {
    raise(credit);
  }

  boolean isOpen() {
    return items < maxItems && bytes < maxBytes;
  }

  /** How many items were sent. */
  long items() {
    return items;
  }

  void sent(int size) {
    items++;
    bytes += size;
  }

  /** Takes more credit; less than there was is an old grant and changes nothing. */
  void raise(Credit credit) {
    maxItems = Math.max(maxItems, credit.items());
    maxBytes = Math.max(maxBytes, credit.bytes());
  }
}
