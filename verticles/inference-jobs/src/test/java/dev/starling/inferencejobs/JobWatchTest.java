package dev.starling.inferencejobs;

import static dev.starling.inferencejobs.JobsNode.ECHO;
import static dev.starling.inferencejobs.JobsNode.next;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.BusException;
import dev.starling.contract.operation.OperationContract;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.OperationRequest;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that watch a job see its state, then each change, then the end. */
@Timeout(60)
class JobWatchTest {
  private static JobsNode jobs;

  private final UUID user = UUID.randomUUID();
  private final Promise<BusException> over = Promise.promise();

  @BeforeAll
  static void start(@TempDir Path directory) {
    jobs = new JobsNode(directory);
    jobs.settings().put("max-watchers", 1);
    jobs.deploy();
  }

  @AfterAll
  static void stop() {
    jobs.close();
  }

  @Test
  void watch_jobThatIsRun_showsEachStateAndEnds() {
    TestModel model = new TestModel(jobs.node);
    UUID job = jobs.created(user, ECHO);
    BlockingQueue<String> states = jobs.watch(user, job, over);
    assertThat(next(states)).isEqualTo("state:queued");

    jobs.deliver(user, job);
    assertThat(next(states)).isEqualTo("state:running");
    model.next().echo();
    assertThat(next(states)).isEqualTo("state:succeeded");
    assertThat(await(over.future())).isNull();
    assertThat(states).isEmpty();
    model.close();
  }

  @Test
  void watch_jobThatHasEnded_showsThatAndEnds() {
    UUID job = jobs.created(user, ECHO);
    jobs.cancel(user, job);

    BlockingQueue<String> states = jobs.watch(user, job, over);

    assertThat(await(over.future())).isNull();
    assertThat(states).containsExactly("state:cancelled");
  }

  @Test
  void watch_nobodyTellsOfTheChange_itIsSeenAllTheSame() {
    UUID job = jobs.created(user, ECHO);
    BlockingQueue<String> states = jobs.watch(user, job, over);
    assertThat(next(states)).isEqualTo("state:queued");

    jobs.sql(
        user,
        """
        UPDATE {shard}.inference_jobs SET state = 'cancelled', ended_at = now()
        WHERE id = '%s'"""
            .formatted(job));

    assertThat(next(states)).isEqualTo("state:cancelled");
    assertThat(await(over.future())).isNull();
  }

  @Test
  void watch_jobOfSomebodyElse_isNotThere() {
    assertThat(open(UUID.randomUUID(), jobs.created(user, ECHO)).refusal())
        .isEqualTo(Refusal.ABSENT);
  }

  @Test
  void watch_moreThanMayWatch_isRefusedUntilOneHasEnded() {
    UUID job = jobs.created(user, ECHO);
    jobs.watch(user, job, over);
    assertThat(open(user, job).refusal()).isEqualTo(Refusal.NOT_EXECUTED);

    jobs.cancel(user, job);
    await(over.future());
    Promise<BusException> again = Promise.promise();
    assertThat(next(jobs.watch(user, job, again))).isEqualTo("state:cancelled");
    assertThat(await(again.future())).isNull();
  }

  private Refused open(UUID caller, UUID job) {
    OperationRequest request =
        new OperationRequest(
            "inference-jobs.events",
            List.of(job.toString()),
            "",
            List.of(),
            "192.0.2.1",
            new byte[0]);
    OperationReply answer =
        await(
                jobs.node.onCaller(
                    bus ->
                        bus.open(
                            OperationContract.stream("inference-jobs"),
                            request,
                            jobs.node.as(caller.toString()))))
            .answer();
    assertThat(answer).isInstanceOf(Refused.class);
    return (Refused) answer;
  }
}
