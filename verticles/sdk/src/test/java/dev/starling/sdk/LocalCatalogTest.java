package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.service.ServiceRecord;
import java.lang.Thread.State;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LocalCatalogTest {
  private final LocalCatalog catalog = new LocalCatalog();

  @Test
  void listener_hearsTheStateNowAndEachChange() {
    catalog.announce(service("b", "1"));
    List<List<ServiceRecord>> heard = new ArrayList<>();
    catalog.onChange(heard::add);

    catalog.announce(service("a", "1"));
    catalog.announce(service("a", "1"));
    catalog.announce(service("a", "2"));
    catalog.withdraw("b");
    catalog.withdraw("b");

    assertThat(heard)
        .containsExactly(
            List.of(service("b", "1")),
            List.of(service("a", "1"), service("b", "1")),
            List.of(service("a", "2"), service("b", "1")),
            List.of(service("a", "2")));
    assertThat(catalog.services()).containsExactly(service("a", "2"));
  }

  @Test
  void listener_isStillHearingOfOneChange_hearsOfTheNextAfterIt() throws InterruptedException {
    List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
    Thread next = new Thread(() -> catalog.announce(service("b", "1")), "next change");
    catalog.onChange(
        services -> {
          if (services.size() == 1) {
            next.start();
            // It waits for this listener; if it did not, it would be heard first.
            while (next.getState() != State.BLOCKED && next.getState() != State.TERMINATED) {
              Thread.onSpinWait();
            }
          }
          heard.add(services.size());
        });

    catalog.announce(service("a", "1"));
    next.join();

    assertThat(heard).containsExactly(0, 1, 2);
  }

  private static ServiceRecord service(String name, String version) {
    return new ServiceRecord(name, version, List.of(), "{}");
  }
}
