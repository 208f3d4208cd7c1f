package dev.starling.ratelimiter;

/**
 * Reads IP addresses from text into numbers, without allocating.
 *
 * <p>Not thread-safe: the last address read is in {@link #high} and {@link #low}. An IPv4 address
 * reads as its IPv4-mapped form {@code ::ffff:a.b.c.d}. A zone ({@code %eth0}) is ignored.
 *
 * <p>Source: RFC 4291 section 2.2 and 2.5.5.2.
 */
final class AddressReader {
  private static final int GROUPS = 8;
  private static final int ABSENT = -1;
  private static final long MAPPED = 0xffffL << 32;

  private long high;
  private long low;

  long high() {
    return high;
  }

  long low() {
    return low;
  }

  boolean isIpv4() {
    return high == 0 && low >>> 32 == 0xffff;
  }

  /** Reads an address; false, with no defined result, if the text is none. */
  boolean read(String text) {
    int zone = text.indexOf('%');
    int end = zone < 0 ? text.length() : zone;
    if (text.indexOf(':') >= 0) {
      return readIpv6(text, end);
    }
    long address = ipv4(text, 0, text.length());
    high = 0;
    low = MAPPED | address;
    return address != ABSENT;
  }

  private boolean readIpv6(String text, int end) {
    high = 0;
    low = 0;
    int groups = 0;
    int gap = ABSENT;
    int i = 0;
    if (text.startsWith("::")) {
      gap = 0;
      i = 2;
    }
    while (i < end) {
      int stop = groupEnd(text, i, end);
      if (stop < end && text.charAt(stop) == '.') {
        long address = ipv4(text, i, end);
        if (address == ABSENT || groups > GROUPS - 2) {
          return false;
        }
        append(address >>> 16);
        append(address & 0xffff);
        groups += 2;
        break;
      }
      long group = hex(text, i, stop);
      if (group == ABSENT || ++groups > GROUPS) {
        return false;
      }
      append(group);
      i = stop;
      if (i == end) {
        break;
      }
      i++; // the colon that ended the group
      if (i < end && text.charAt(i) == ':') {
        if (gap != ABSENT) {
          return false;
        }
        gap = groups;
        i++;
      } else if (i == end) {
        return false;
      }
    }
    return gap == ABSENT ? groups == GROUPS : groups < GROUPS && spread(gap, GROUPS - groups);
  }

  /** Opens a gap of zero groups after the first {@code before} groups. */
  private boolean spread(int before, int missing) {
    int after = GROUPS - missing - before;
    long tailHigh = high;
    long tailLow = low;
    high = 0;
    low = 0;
    for (int i = 0; i < before; i++) {
      append(group(tailHigh, tailLow, before + after - 1 - i));
    }
    for (int i = 0; i < missing; i++) {
      append(0);
    }
    for (int i = 0; i < after; i++) {
      append(group(tailHigh, tailLow, after - 1 - i));
    }
    return true;
  }

  /** The group at a distance from the right end. */
  private static long group(long high, long low, int fromRight) {
    long half = fromRight < 4 ? low : high;
    return half >>> (16 * (fromRight & 3)) & 0xffff;
  }

  private void append(long group) {
    high = high << 16 | low >>> 48;
    low = low << 16 | group;
  }

  private static int groupEnd(String text, int start, int end) {
    int i = start;
    while (i < end && text.charAt(i) != ':' && text.charAt(i) != '.') {
      i++;
    }
    return i;
  }

  private static long hex(String text, int start, int stop) {
    if (stop == start || stop - start > 4) {
      return ABSENT;
    }
    long value = 0;
    for (int i = start; i < stop; i++) {
      int digit = text.charAt(i) < 128 ? Character.digit(text.charAt(i), 16) : ABSENT;
      if (digit < 0) {
        return ABSENT;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private static long ipv4(String text, int start, int end) {
    long address = 0;
    int octets = 0;
    int i = start;
    while (true) {
      int octet = 0;
      int first = i;
      while (i < end && text.charAt(i) >= '0' && text.charAt(i) <= '9' && i - first < 3) {
        octet = octet * 10 + text.charAt(i++) - '0';
      }
      if (i == first || octet > 255) {
        return ABSENT;
      }
      address = address << 8 | octet;
      octets++;
      if (octets == 4) {
        return i == end ? address : ABSENT;
      }
      if (i == end || text.charAt(i++) != '.') {
        return ABSENT;
      }
    }
  }
}
