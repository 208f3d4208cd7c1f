package dev.starling.greeting;

import dev.starling.sdk.Call;
import dev.starling.sdk.Operations;
import dev.starling.sdk.Reply;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.concurrent.LinkedBlockingDeque;

// tag::greeting[]
/** Greets; the latest 100 greetings that were added are kept in memory, by each node its own. */
public final class GreetingVerticle extends ServiceVerticle {
  record Greeting(String text) {}

  record NewGreeting(@NotBlank @Size(max = 80) String name) {}

  record Greetings(List<Greeting> latest) {}

  @Override
  protected void declare(Operations on) {
    on.get("/v1/greetings/{name}", Greeting.class, call -> reply(greet(call.path("name"))))
        .id("greeting.get")
        .summary("Greets by name")
        .open();
    on.get("/v1/greetings", Greetings.class, call -> reply(new Greetings(List.copyOf(latest()))))
        .id("greeting.list")
        .summary("Lists the latest greetings, newest first")
        .open();
    on.post("/v1/greetings", NewGreeting.class, Greeting.class, this::add)
        .id("greeting.add")
        .summary("Adds a greeting")
        .scope("greetings:write");
  }

  private Future<Reply<Greeting>> add(Call call, NewGreeting added) {
    Greeting greeting = greet(added.name());
    while (!latest().offerFirst(greeting)) {
      latest().pollLast();
    }
    return reply(greeting);
  }

  private LinkedBlockingDeque<Greeting> latest() {
    return node().shared("greeting.latest", () -> new LinkedBlockingDeque<>(100));
  }

  private static Greeting greet(String name) {
    return new Greeting("Hello, " + name);
  }
}
// end::greeting[]
