import dev.starling.sdk.Operations;
import dev.starling.sdk.ServiceVerticle;

/** Announces as many operations as the system property {@code routes} says, all alike. */
public final class ManyRoutes extends ServiceVerticle {
  private static final int COUNT = Integer.getInteger("routes", 10);

  record Answer(String message) {}

  @Override
  public String name() {
    return "many-routes";
  }

  @Override
  protected void declare(Operations on) {
    for (int i = 0; i < COUNT; i++) {
      on.get("/v1/route-" + i + "/{id}", Answer.class, call -> reply(new Answer("pong")))
          .id("many-routes.get-" + i)
          .open();
    }
  }
}
