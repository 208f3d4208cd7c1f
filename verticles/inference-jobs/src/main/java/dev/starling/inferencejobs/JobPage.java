package dev.starling.inferencejobs;

import dev.starling.sdk.PageCursor;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a user's jobs, the newest first.
 *
 * @param nextCursor where the list goes on; null at its end
 */
record JobPage(@NotNull List<JobView> jobs, @Nullable String nextCursor) {

  /**
   * @param found one more than {@code limit} when the list goes on
   */
  static JobPage of(List<Job> found, int limit) {
    List<Job> shown = found.subList(0, Math.min(limit, found.size()));
    String next = null;
    if (found.size() > limit) {
      Job last = shown.get(limit - 1);
      next = new PageCursor(last.createdAt(), last.id()).text();
    }
    return new JobPage(shown.stream().map(JobView::of).toList(), next);
  }
}
