package dev.starling.ratelimiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressReaderTest {
  private final AddressReader reader = new AddressReader();

  @ParameterizedTest
  @CsvSource({
    "::, 0, 0",
    "::1, 0, 1",
    "1::, 1000000000000, 0",
    "2001:db8::1, 20010db800000000, 1",
    "2001:DB8:0:0:0:0:0:1, 20010db800000000, 1",
    "2001:db8:1:2:3:4:5:6, 20010db800010002, 3000400050006",
    "2001:db8:1:2:3:4:5::, 20010db800010002, 3000400050000",
    "::2:3:4:5:6:7:8, 200030004, 5000600070008",
    "fe80::1%eth0, fe80000000000000, 1",
    "::ffff:192.0.2.1, 0, ffffc0000201",
    "64:ff9b::192.0.2.1, 64ff9b00000000, c0000201",
    "192.0.2.1, 0, ffffc0000201",
    "255.255.255.255, 0, ffffffffffff",
    "0.0.0.0, 0, ffff00000000"
  })
  void read_address_givesItsBits(String text, String high, String low) {
    assertThat(reader.read(text)).isTrue();
    assertThat(Long.toHexString(reader.high())).isEqualTo(high);
    assertThat(Long.toHexString(reader.low())).isEqualTo(low);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "1.2.3.0004",
        "1..2.3",
        "1.2.3.4 ",
        "1.2.3.4%eth0",
        "-1.2.3.4",
        ":",
        ":::",
        ":1",
        "1:",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7::8",
        "1::2::3",
        "12345::",
        "g::",
        "::1.2.3",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::\uff11",
        "%",
        "%::"
      })
  void read_anythingElse_isRefused(String text) {
    assertThat(reader.read(text)).isFalse();
  }

  @Test
  void read_randomAddresses_agreesWithTheJdk() throws UnknownHostException {
    Random random = new Random(1);
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = new byte[random.nextBoolean() ? 16 : 4];
      for (int at = 0; at < bytes.length; at++) {
        bytes[at] = random.nextBoolean() ? 0 : (byte) random.nextInt();
      }
      InetAddress address = InetAddress.getByAddress(bytes);
      String text = address.getHostAddress();

      assertThat(reader.read(text)).as(text).isTrue();
      if (address instanceof Inet6Address) {
        ByteBuffer expected = ByteBuffer.wrap(bytes);
        assertThat(reader.high()).as(text).isEqualTo(expected.getLong());
        assertThat(reader.low()).as(text).isEqualTo(expected.getLong());
      } else {
        assertThat(reader.isIpv4()).as(text).isTrue();
        assertThat((int) reader.low()).isEqualTo(ByteBuffer.wrap(address.getAddress()).getInt());
      }
    }
  }

  @Test
  void read_everyPlaceOfTheGap_agreesWithTheFullForm() {
    for (int before = 0; before <= 7; before++) {
      for (int after = 0; before + after <= 7; after++) {
        String head = groups(1, before);
        String tail = groups(1 + before, after);
        String zeros = "0:".repeat(8 - before - after);
        String full = (before > 0 ? head + ":" : "") + zeros + tail;
        full = full.endsWith(":") ? full.substring(0, full.length() - 1) : full;
        assertThat(reader.read(full)).as(full).isTrue();
        long high = reader.high();
        long low = reader.low();

        String shortened = head + "::" + tail;
        assertThat(reader.read(shortened)).as(shortened).isTrue();
        assertThat(reader.high()).as(shortened).isEqualTo(high);
        assertThat(reader.low()).as(shortened).isEqualTo(low);
      }
    }
  }

  private static String groups(int first, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : ":").append(first + i);
    }
    return text.toString();
  }
}
