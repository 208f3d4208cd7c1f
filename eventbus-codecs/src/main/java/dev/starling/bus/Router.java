package dev.starling.bus;

import org.jspecify.annotations.Nullable;

/**
 * Chooses where a call goes.
 *
 * <p>Threading: called from every context of the node at once, on the hot path; it must not block.
 */
@FunctionalInterface
public interface Router {

  /**
   * The target for one attempt of a call.
   *
   * @param service the service that is called
   * @param callerInstance the number of the calling context, which is preferred when the service
   *     lives there too
   * @param avoid a node that this call has tried in vain; null on the first attempt
   * @return null when no live node serves the service
   */
  @Nullable Target select(String service, int callerInstance, @Nullable String avoid);
}
