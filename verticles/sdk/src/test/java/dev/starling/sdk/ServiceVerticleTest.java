package dev.starling.sdk;

import static dev.starling.sdk.SdkNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.bus.Address;
import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Topic;
import dev.starling.codec.Codec;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import dev.starling.contract.operation.OperationContract;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.service.ServiceRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ServiceVerticleTest {
  private static final Codec<String> TEXT =
      new Codec<>() {
        @Override
        public void encode(String value, WireWriter out) {
          out.writeString(value);
        }

        @Override
        public String decode(WireReader in) {
          return in.readString();
        }
      };
  private static final Address<String, String> ECHO =
      new Address<>("echo-service", "echo.v1", TEXT, TEXT);
  private static final Topic<String> NEWS = new Topic<>("news.v1", TEXT);

  private final SdkNode node = new SdkNode();
  private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
  private final AtomicBoolean shut = new AtomicBoolean();

  @AfterEach
  void close() {
    node.close();
  }

  record Said(String text) {}

  private class EchoServiceVerticle extends ServiceVerticle {
    private final String version;

    EchoServiceVerticle(String version) {
      this.version = version;
    }

    @Override
    public String version() {
      return version;
    }

    @Override
    protected void declare(Operations on) {
      on.get("/v1/echo/{text}", Said.class, call -> reply(new Said(call.path("text"))))
          .id("echo-service.get");
    }

    @Override
    protected Future<?> open() {
      return Future.all(
          serve(ECHO, (text, context) -> Future.succeededFuture(text)), subscribe(NEWS, news::add));
    }

    @Override
    protected Future<?> shut() {
      shut.set(true);
      return Future.succeededFuture();
    }
  }

  @Test
  void name_byDefault_isTheClassNameInKebabCase() {
    assertThat(new EchoServiceVerticle("1").name()).isEqualTo("echo-service");
    assertThat(new EchoServiceVerticle("1").version()).isEqualTo("1");
    assertThat(new EchoServiceVerticle("1").defaultInstances()).isEqualTo(Instances.PER_LOOP);
  }

  @Test
  void start_instance_servesWhatItDeclaredAndOpened() throws InterruptedException {
    node.deploy(new EchoServiceVerticle("1"));

    assertThat(node.announced()).containsExactly("echo-service");
    assertThat(echo("hello")).isEqualTo("hello");
    assertThat(operate()).isInstanceOf(OperationReply.Done.class);
    publish("today");
    assertThat(news.take()).isEqualTo("today");
  }

  @Test
  void stop_instance_takesEverythingBack() throws InterruptedException {
    String first = node.deploy(new EchoServiceVerticle("1"));
    node.undeploy(first);

    assertThat(shut).isTrue();
    assertThat(node.announced()).isEmpty();
    assertThat(node.busNode.localInstances().counts()).isEmpty();
    assertThatThrownBy(() -> echo("hello"))
        .isInstanceOfSatisfying(
            BusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    assertThatThrownBy(this::operate)
        .isInstanceOfSatisfying(
            BusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    // Whoever subscribes later hears the second event only after the first was delivered to all.
    publish("nobody hears this");
    BlockingQueue<String> others = new LinkedBlockingQueue<>();
    node.call(bus -> bus.subscribe(NEWS, others::add));
    publish("but this");
    assertThat(others.take()).isEqualTo("but this");
    assertThat(news).isEmpty();
  }

  @Test
  void open_fails_deploymentFailsAndNothingIsLeft() {
    EchoServiceVerticle broken =
        new EchoServiceVerticle("1") {
          @Override
          public String name() {
            return "echo-service";
          }

          @Override
          protected Future<?> open() {
            return super.open().compose(served -> Future.failedFuture("no database"));
          }
        };

    assertThatThrownBy(() -> node.deploy(broken)).hasMessage("no database");

    assertThat(node.announced()).isEmpty();
    assertThat(node.busNode.localInstances().counts()).isEmpty();
    assertThat(shut).as("what was opened in part is released").isTrue();
  }

  @Test
  void open_throws_deploymentFails() {
    ServiceVerticle broken =
        new ServiceVerticle() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          protected Future<?> open() throws Exception {
            throw new java.io.IOException("no file");
          }
        };

    assertThatThrownBy(() -> node.deploy(broken)).hasMessage("no file");
    assertThat(node.announced()).isEmpty();
  }

  @Test
  void open_isUnderWay_nothingIsAnnounced() {
    Promise<Void> ready = Promise.promise();
    Future<String> deployed =
        node.vertx.deployVerticle(
            new Pod(
                node.scope,
                node.busNode,
                List.of(
                    new EchoServiceVerticle("1") {
                      @Override
                      public String name() {
                        return "echo-service";
                      }

                      @Override
                      protected Future<?> open() {
                        return ready.future();
                      }
                    })));
    assertThat(node.announced()).isEmpty();
    assertThat(deployed.isComplete()).isFalse();

    ready.complete();

    await(deployed);
    assertThat(node.announced()).containsExactly("echo-service");
  }

  /** Offers a second service when it is told to. */
  private static final class OfferingVerticle extends ServiceVerticle {
    private static final Address<String, String> SECOND =
        new Address<>("second", "echo.v1", TEXT, TEXT);

    Future<Bus.Registration> offerSecond() {
      Promise<Bus.Registration> offered = Promise.promise();
      context.runOnContext(
          now ->
              offer(SECOND, (text, call) -> Future.succeededFuture("second " + text))
                  .onComplete(offered));
      return offered.future();
    }
  }

  @Test
  void offer_withdrawnAndOfferedAgain_comesAndGoes() {
    OfferingVerticle verticle = new OfferingVerticle();
    String deployment = node.deploy(verticle);
    assertThat(node.busNode.localInstances().counts()).containsOnlyKeys("offering");

    Bus.Registration offered = await(verticle.offerSecond());
    assertThat(node.busNode.localInstances().counts()).containsOnlyKeys("offering", "second");
    assertThat(second()).isEqualTo("second hello");

    await(offered.close());
    assertThat(node.busNode.localInstances().counts()).containsOnlyKeys("offering");
    assertThatThrownBy(this::second)
        .isInstanceOfSatisfying(
            BusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));

    await(verticle.offerSecond());
    assertThat(second()).isEqualTo("second hello");
    node.undeploy(deployment);
    assertThat(node.busNode.localInstances().counts()).isEmpty();
  }

  @Test
  void stop_oneOfTwo_theServiceStaysAnnounced() {
    String first = node.deploy(new EchoServiceVerticle("1"));
    String second = node.deploy(new EchoServiceVerticle("1"));

    node.undeploy(first);
    assertThat(node.announced()).containsExactly("echo-service");
    assertThat(echo("hello")).isEqualTo("hello");

    node.undeploy(second);
    assertThat(node.announced()).isEmpty();
  }

  @Test
  void start_nextVersionAfterTheLastStopped_announcesTheNextVersion() {
    node.undeploy(node.deploy(new EchoServiceVerticle("1")));
    node.deploy(new EchoServiceVerticle("2"));

    assertThat(node.catalog.services()).extracting(ServiceRecord::version).containsExactly("2");
  }

  @Test
  void deploy_withoutANode_isRefused() {
    assertThatThrownBy(() -> await(node.vertx.deployVerticle(new EchoServiceVerticle("1"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("echo-service is not deployed by a node");
  }

  private String echo(String text) {
    return node.call(bus -> bus.call(ECHO, text, SdkNode.caller()));
  }

  private String second() {
    return node.call(bus -> bus.call(OfferingVerticle.SECOND, "hello", SdkNode.caller()));
  }

  private OperationReply operate() {
    return node.call(
        bus ->
            bus.call(
                OperationContract.operate("echo-service"),
                OperationRunnerTest.request("echo-service.get", "x"),
                SdkNode.caller()));
  }

  private void publish(String event) {
    node.call(
        bus -> {
          bus.publish(NEWS, event);
          return Future.succeededFuture();
        });
  }
}
