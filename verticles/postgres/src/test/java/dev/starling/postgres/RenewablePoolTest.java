package dev.starling.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RenewablePoolTest {
  private final Vertx vertx = Vertx.vertx();
  private final RenewablePool renewable = new RenewablePool(this::open);
  private final Pool first = renewable.pool();

  @AfterEach
  void close() throws Exception {
    TestServers.await(vertx.close());
  }

  @Test
  void renew_whileTheNewOneIsMadeReady_keepsTheOldOne() {
    Promise<Void> ready = Promise.promise();
    Future<Void> renewal = renewable.renew(fresh -> ready.future());
    assertThat(renewable.pool()).isSameAs(first);
    assertThat(renewable.renew(fresh -> Future.succeededFuture()).failed()).isTrue();

    ready.complete();
    assertThat(renewal.succeeded()).isTrue();
    assertThat(renewable.pool()).isNotSameAs(first);
  }

  @Test
  void renew_newOneCannotBeMadeReady_keepsTheOldOneAndCanBeRepeated() {
    assertThat(renewable.renew(fresh -> Future.failedFuture("nobody there")).failed()).isTrue();
    assertThat(renewable.pool()).isSameAs(first);
    assertThat(renewable.renew(fresh -> Future.succeededFuture()).succeeded()).isTrue();
    assertThat(renewable.pool()).isNotSameAs(first);
  }

  @Test
  void renew_closedMeanwhile_keepsTheOldOne() {
    Promise<Void> ready = Promise.promise();
    Future<Void> renewal = renewable.renew(fresh -> ready.future());
    renewable.close();
    ready.complete();
    assertThat(renewal.succeeded()).isTrue();
    assertThat(renewable.pool()).isSameAs(first);
  }

  private Pool open() {
    return PgBuilder.pool().connectingTo(new PgConnectOptions()).using(vertx).build();
  }
}
