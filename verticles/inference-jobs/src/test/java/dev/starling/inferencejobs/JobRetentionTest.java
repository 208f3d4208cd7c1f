package dev.starling.inferencejobs;

import static dev.starling.inferencejobs.JobsNode.ECHO;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.postgres.Ownership;
import dev.starling.postgres.Singletons;
import dev.starling.postgres.Term;
import dev.starling.postgres.shards.Shards;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class JobRetentionTest {
  private static final Duration RETENTION = Duration.ofDays(7);

  private final UUID user = UUID.randomUUID();

  @Test
  void sweep_jobsThatEndedLongAgo_areDeletedAndNoOthers(@TempDir Path directory) {
    try (JobsNode jobs = new JobsNode(directory)) {
      jobs.deploy();
      UUID open = jobs.created(user, ECHO);
      UUID ended = jobs.created(user, ECHO);
      jobs.cancel(user, ended);
      // More than one statement deletes.
      jobs.sql(
          user,
          """
          INSERT INTO {shard}.inference_jobs
          SELECT (jsonb_populate_record(job,
            jsonb_build_object('id', gen_random_uuid(), 'key', 'copy-' || n))).*
          FROM {shard}.inference_jobs AS job, generate_series(1, 450) AS n
          WHERE job.id = '%s'"""
              .formatted(ended));
      jobs.node.clock().advance(RETENTION);
      UUID endedLater = jobs.created(user, ECHO);
      jobs.cancel(user, endedLater);

      Singletons singletons = await(Singletons.of(jobs.node.scope(), jobs.node.vertx()));
      Ownership ownership = await(singletons.join("inference-jobs.retention-test"));
      Term term = Objects.requireNonNull(ownership.term());
      JobRetention retention =
          new JobRetention(
              "home",
              jobs.node.scope().resource(Shards.class),
              RETENTION,
              jobs.node.clock(),
              System::nanoTime);
      await(retention.sweep(term));
      assertThat(ids(jobs)).as("to the day").contains(ended.toString());

      jobs.node.clock().advance(Duration.ofMillis(1));
      await(retention.sweep(term));
      assertThat(ids(jobs)).containsExactlyInAnyOrder(open.toString(), endedLater.toString());

      await(ownership.leave());
      jobs.node.clock().advance(RETENTION.plusMillis(1));
      await(retention.sweep(term));
      assertThat(ids(jobs)).as("by a former owner").contains(endedLater.toString());
    }
  }

  private List<String> ids(JobsNode jobs) {
    List<String> ids = new ArrayList<>();
    jobs.sql(user, "SELECT id FROM {shard}.inference_jobs WHERE user_id = '%s'".formatted(user))
        .forEach(row -> ids.add(row.getUUID(0).toString()));
    return ids;
  }
}
