package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.service.ServiceRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
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
  void listener_changesFromManyThreads_hearsTheLastStateLast() throws Exception {
    List<List<ServiceRecord>> heard = Collections.synchronizedList(new ArrayList<>());
    catalog.onChange(heard::add);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    for (int thread = 0; thread < 4; thread++) {
      String name = "service-" + thread;
      threads.execute(
          () -> {
            for (int i = 0; i < 500; i++) {
              catalog.announce(service(name, "" + i));
            }
            catalog.withdraw(name);
          });
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

    assertThat(heard).hasSize(1 + 4 * 501);
    assertThat(heard.get(heard.size() - 1)).isEmpty();
  }

  private static ServiceRecord service(String name, String version) {
    return new ServiceRecord(name, version, List.of(), "{}");
  }
}
