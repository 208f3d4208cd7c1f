package dev.starling.policy.match;

import dev.starling.contract.service.OperationRecord;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * A route, as rules see it. Immutable.
 *
 * @param method in upper case
 * @param path the template, e.g. {@code /v1/users/{id}}
 * @param operation its id, e.g. {@code users.get}
 * @param open whether nobody has to sign in
 */
public record PolicyRoute(String method, String path, String operation, boolean open) {

  public static PolicyRoute of(OperationRecord operation) {
    return new PolicyRoute(operation.method(), operation.path(), operation.id(), operation.open());
  }

  /**
   * The route of a request: the one with the most literal template that fits.
   *
   * @param path of a request, or a template
   */
  public static Optional<PolicyRoute> find(
      Collection<PolicyRoute> routes, String method, String path) {
    return routes.stream()
        .filter(route -> route.method.equals(method) && PathPattern.isRouted(route.path, path))
        .min(
            Comparator.comparing((PolicyRoute route) -> !route.path.equals(path))
                .thenComparing(route -> PathPattern.shape(route.path)));
  }
}
