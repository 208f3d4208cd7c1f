package dev.starling.inferencejobs;

import static dev.starling.inferencejobs.JobsNode.ECHO;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.sdk.Members;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a node that knows which nodes have which models, as real ones do. */
@Timeout(60)
class AbsentModelTest {
  private final UUID user = UUID.randomUUID();
  private final AtomicReference<List<String>> nodes = new AtomicReference<>(List.of());

  @Test
  void model_isKnownToBeNowhere_theJobWaitsUntakenUntilItIsThere(@TempDir Path directory) {
    try (JobsNode jobs = new JobsNode(directory)) {
      jobs.settings().put("max-staleness", "0s");
      jobs.node.scope().provide(Members.class, members());
      jobs.deploy();
      TestModel model = new TestModel(jobs.node);
      UUID job = jobs.created(user, ECHO);
      assertThat(jobs.deliver(user, job).verdict()).isEqualTo(Verdict.POSTPONED);

      JsonNode view = jobs.get(user, job);
      assertThat(view.path("state").asText()).isEqualTo("queued");
      assertThat(view.path("waiting_for").asText()).isEqualTo("no node has the model echo");
      assertThat(view.path("started_at").isNull()).isTrue();
      assertThat(model.calls()).isZero();

      nodes.set(List.of("test"));
      jobs.deliver(user, job);
      model.next().echo();
      jobs.finish(user, job);
      assertThat(jobs.state(user, job)).isEqualTo("succeeded");
    }
  }

  @Test
  void model_isNowhereAnyMore_theJobOfALostNodeIsQueuedAgain(@TempDir Path directory) {
    try (JobsNode jobs = new JobsNode(directory)) {
      jobs.settings().put("max-staleness", "0s");
      jobs.node.scope().provide(Members.class, members());
      jobs.deploy();
      UUID job = jobs.created(user, ECHO);
      jobs.sql(
          user,
          """
          UPDATE {shard}.inference_jobs SET state = 'running', attempts = 1, takes = 1,
            taken_until = now() WHERE id = '%s'"""
              .formatted(job));

      jobs.deliver(user, job);

      assertThat(jobs.state(user, job)).isEqualTo("queued");
    }
  }

  private Members members() {
    return new Members() {
      @Override
      public String self() {
        return "test";
      }

      @Override
      public List<String> serving(String service) {
        return service.equals("model.echo") ? nodes.get() : List.of();
      }
    };
  }
}
