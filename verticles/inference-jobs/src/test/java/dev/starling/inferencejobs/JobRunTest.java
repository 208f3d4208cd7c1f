package dev.starling.inferencejobs;

import static dev.starling.inferencejobs.JobsNode.ECHO;
import static dev.starling.inferencejobs.JobsNode.json;
import static dev.starling.inferencejobs.JobsNode.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.ErrorCode;
import dev.starling.bus.Priority;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import dev.starling.contract.inference.Tensor;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.inferencejobs.TestModel.Asked;
import dev.starling.testkit.TestOrders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job is run until it has ended, once, whatever happens meanwhile. */
@Timeout(60)
class JobRunTest {
  private static JobsNode jobs;

  private final UUID user = UUID.randomUUID();
  private TestModel model;
  private String deployment;

  @BeforeAll
  static void start(@TempDir Path directory) {
    jobs = new JobsNode(directory);
    jobs.settings().put("max-running", 1).put("max-waiting", 1).put("max-staleness", "0s");
  }

  @AfterAll
  static void stop() {
    jobs.close();
  }

  @BeforeEach
  void deploy() {
    deployment = jobs.deploy();
    model = new TestModel(jobs.node);
  }

  @AfterEach
  void undeploy() {
    jobs.node.undeploy(deployment);
    model.close();
  }

  @Test
  void job_modelAnswers_succeedsWithItsAnswer() {
    UUID job = jobs.created(user, ECHO);
    assertThat(jobs.deliver(user, job).verdict()).isEqualTo(Verdict.POSTPONED);

    Asked asked = model.next();
    assertThat(asked.context().priority()).isEqualTo(Priority.SHEDDABLE);
    assertThat(asked.context().remaining(System.nanoTime()))
        .isLessThanOrEqualTo(InferenceJobsConfig.defaults().runTimeout());
    assertThat(jobs.state(user, job)).isEqualTo("running");
    asked.echo();
    jobs.finish(user, job);

    assertThat(jobs.state(user, job)).isEqualTo("succeeded");
    assertThat(json(jobs.result(user, job)))
        .hasToString(
            """
            {"model_name":"echo","model_version":"3","id":"%s","outputs":[\
            {"name":"x","shape":[2],"datatype":"FP32","data":[1.5,-2.0]}]}"""
                .formatted(job));
    assertThat(
            jobs.sql(user, "SELECT request FROM {shard}.inference_jobs WHERE id = '" + job + "'")
                .iterator()
                .next()
                .getString(0))
        .isNull();
  }

  @Test
  void job_asksForAVersionAndOutputs_theModelIsToldOfThem() {
    UUID job =
        jobs.created(
            user, ECHO.replaceFirst("\\{", "{\"version\":\"7\",\"outputs\":[{\"name\":\"y\"}],"));
    jobs.deliver(user, job);

    Asked asked = model.next();
    assertThat(asked.infer().version()).isEqualTo("7");
    assertThat(asked.infer().outputs()).containsExactly("y");
    asked.echo();
    jobs.finish(user, job);
  }

  @Test
  void event_broughtAgainWhileItRuns_isNoSecondRun() {
    UUID job = jobs.created(user, ECHO);
    for (int i = 0; i < 3; i++) {
      assertThat(jobs.deliver(user, job).verdict()).isEqualTo(Verdict.POSTPONED);
    }
    model.next().echo();
    jobs.finish(user, job);
    assertThat(jobs.deliver(user, job)).isEqualTo(Settled.DONE);

    assertThat(model.calls()).isOne();
  }

  @Test
  void event_broughtToTwoInstances_runsOnce() {
    String other = jobs.deploy();
    UUID job = jobs.created(user, ECHO);
    // Each draw is one of two; that all of them are the same has a chance of 2^-20.
    for (int i = 0; i < 20; i++) {
      jobs.deliver(user, job);
    }
    model.next().echo();
    jobs.finish(user, job);
    jobs.node.undeploy(other);

    assertThat(model.calls()).isOne();
  }

  @Test
  void event_moreThanThereIsRoomFor_comeAgainAndRunInTheirTurn() {
    UUID first = jobs.created(user, ECHO);
    UUID second = jobs.created(user, ECHO);
    UUID third = jobs.created(user, ECHO);
    Event[] events = {jobs.event(user, first), jobs.event(user, second), jobs.event(user, third)};

    List<Settled> settled = jobs.deliver(JobEvents.RUNS, events);

    assertThat(settled).extracting(Settled::verdict).containsOnly(Verdict.POSTPONED);
    assertThat(settled.get(2).reason()).isEqualTo("too many wait for their turn");
    model.next().echo();
    model.next().echo();
    jobs.finish(user, second);
    assertThat(jobs.state(user, first)).isEqualTo("succeeded");
    assertThat(jobs.state(user, third)).isEqualTo("queued");

    jobs.deliver(user, third);
    model.next().echo();
    jobs.finish(user, third);
  }

  @Test
  void model_isNowhere_theJobWaitsWithoutAnAttemptUntilItIsThere() {
    model.close();
    UUID job = jobs.created(user, ECHO);
    while (number(job, "takes") <= InferenceJobsConfig.defaults().maxAttempts()) {
      jobs.deliver(user, job);
    }
    assertIdle();
    assertThat(number(job, "attempts")).isZero();
    assertThat(jobs.state(user, job)).isEqualTo("queued");
    assertThat(jobs.get(user, job).path("waiting_for").asText())
        .isEqualTo("no node has the model echo");

    model = new TestModel(jobs.node);
    deliverUntilCalled(job).echo();
    jobs.finish(user, job);
    assertThat(jobs.state(user, job)).isEqualTo("succeeded");
  }

  @Test
  void model_hasNoRoomOrNotTheVersion_theJobWaitsWithoutAnAttempt() {
    UUID job = jobs.created(user, ECHO);
    for (int i = 0; i < InferenceJobsConfig.defaults().maxAttempts(); i++) {
      deliverUntilCalled(job).fail(ErrorCode.OVERLOADED);
    }
    deliverUntilCalled(job).answer().complete(new Refused(Reason.NOT_HERE, "no version 7"));
    deliverUntilCalled(job).fail(ErrorCode.EXPIRED);

    deliverUntilCalled(job).echo();
    jobs.finish(user, job);
    assertThat(jobs.state(user, job)).isEqualTo("succeeded");
  }

  @Test
  void model_refusesTheInputs_theJobFailsAtOnceWithTheReason() {
    UUID job = jobs.created(user, ECHO);
    jobs.deliver(user, job);
    model.next().answer().complete(new Refused(Reason.INVALID, "x: FP32 (expected: INT64)"));
    jobs.finish(user, job);

    assertThat(jobs.get(user, job).path("error"))
        .hasToString("{\"code\":\"invalid-input\",\"detail\":\"x: FP32 (expected: INT64)\"}");
    assertThat(refused(jobs.result(user, job)).refusal()).isEqualTo(Refusal.INVALID);
    assertThat(refused(jobs.result(user, job)).type()).isEqualTo("job-failed");
    assertThat(refused(jobs.cancel(user, job)).type()).isEqualTo("job-finished");
  }

  @Test
  void model_fails_theJobFailsAtOnce() {
    UUID job = jobs.created(user, ECHO);
    jobs.deliver(user, job);
    model.next().fail(ErrorCode.INTERNAL);
    jobs.finish(user, job);

    assertThat(jobs.error(user, job)).isEqualTo("model-failed");
    assertThat(model.calls()).isOne();
  }

  @Test
  void model_takesItsNodesWithIt_theJobIsGivenUpAfterSomeAttempts() {
    UUID job = jobs.created(user, ECHO);
    for (int i = 0; i < InferenceJobsConfig.defaults().maxAttempts(); i++) {
      deliverUntilCalled(job).fail(ErrorCode.UNKNOWN_OUTCOME);
    }
    jobs.finish(user, job);

    assertThat(jobs.error(user, job)).isEqualTo("attempts-exhausted");
    assertThat(model.calls()).isEqualTo(InferenceJobsConfig.defaults().maxAttempts());
  }

  @Test
  void model_answersWhatJsonCannotSay_theJobFails() {
    UUID job = jobs.created(user, ECHO);
    jobs.deliver(user, job);
    model.next().answer(new Tensor("y", DataType.FP32, List.of(1L), new byte[] {0, 0, -64, 127}));
    jobs.finish(user, job);

    assertThat(jobs.get(user, job).path("error").path("detail").asText())
        .isEqualTo("y: element 0 is NaN (expected: a finite number, to be written as JSON)");
  }

  @Test
  void model_answersMoreThanIsKept_theJobFails() {
    UUID job = jobs.created(user, ECHO);
    jobs.deliver(user, job);
    int many = ResultJson.MAX_BYTES / 2;
    model.next().answer(new Tensor("y", DataType.INT8, List.of((long) many), new byte[many]));
    jobs.finish(user, job);

    assertThat(jobs.error(user, job)).isEqualTo("result-too-large");
  }

  @Test
  void job_isNotDoneInItsTime_fails() {
    UUID job = jobs.created(user, ECHO.replaceFirst("\\{", "{\"expires_in\":60,"));
    jobs.deliver(user, job);
    Asked asked = model.next();
    assertThat(jobs.deliver(user, job).verdict()).isEqualTo(Verdict.POSTPONED);

    jobs.node.clock().advance(Duration.ofSeconds(60));
    assertThat(jobs.deliver(user, job)).isEqualTo(Settled.DONE);
    assertThat(jobs.error(user, job)).isEqualTo("expired");
    assertThat(refused(jobs.result(user, job)).type()).isEqualTo("job-expired");

    asked.echo();
    assertIdle();
    assertThat(jobs.state(user, job)).isEqualTo("failed");
  }

  @Test
  void job_cancelledWhileItWaits_isNotRun() {
    UUID first = jobs.created(user, ECHO);
    UUID second = jobs.created(user, ECHO);
    jobs.deliver(user, first);
    Asked asked = model.next();
    jobs.deliver(user, second);
    jobs.cancel(user, second);
    asked.echo();
    jobs.finish(user, first);
    assertIdle();

    assertThat(jobs.state(user, second)).isEqualTo("cancelled");
    assertThat(jobs.deliver(user, second)).isEqualTo(Settled.DONE);
    assertThat(model.calls()).isOne();
  }

  @Test
  void job_cancelledWhileItRuns_staysCancelled() {
    UUID job = jobs.created(user, ECHO);
    jobs.deliver(user, job);
    Asked asked = model.next();
    jobs.cancel(user, job);
    asked.echo();
    assertIdle();

    assertThat(jobs.state(user, job)).isEqualTo("cancelled");
    assertThat(jobs.deliver(user, job)).isEqualTo(Settled.DONE);
  }

  @Test
  void node_lostWhileItRan_theJobIsRunByAnotherWhenItsHoldIsOver() {
    UUID job = jobs.created(user, ECHO);
    // What a node leaves that is gone: nobody here knows of it.
    jobs.sql(
        user,
        """
        UPDATE {shard}.inference_jobs SET state = 'running', attempts = 1, takes = 1,
          taken_until = now() + interval '1 minute' WHERE id = '%s'"""
            .formatted(job));
    assertThat(jobs.deliver(user, job).reason()).isEqualTo("it is running");
    assertThat(model.calls()).isZero();

    jobs.holdEnds(user, job);
    jobs.deliver(user, job);
    model.next().echo();
    jobs.finish(user, job);
    assertThat(jobs.state(user, job)).isEqualTo("succeeded");
  }

  @Test
  void node_lostAgainAndAgain_theJobIsGivenUp() {
    UUID job = jobs.created(user, ECHO);
    jobs.sql(
        user,
        """
        UPDATE {shard}.inference_jobs SET state = 'running', attempts = 3, takes = 9,
          taken_until = now() WHERE id = '%s'"""
            .formatted(job));
    jobs.finish(user, job);

    assertThat(jobs.error(user, job)).isEqualTo("attempts-exhausted");
    assertThat(model.calls()).isZero();
  }

  @Test
  void node_thawsAfterAnotherTookItsJob_itsFailureChangesNothing() {
    UUID job = jobs.created(user, ECHO);
    jobs.deliver(user, job);
    Asked frozen = model.next();
    jobs.sql(
        user,
        """
        UPDATE {shard}.inference_jobs SET takes = takes + 1,
          taken_until = now() + interval '1 minute' WHERE id = '%s'"""
            .formatted(job));

    frozen.fail(ErrorCode.INTERNAL);
    assertIdle();

    assertThat(jobs.state(user, job)).isEqualTo("running");
    assertThat(jobs.deliver(user, job).reason()).isEqualTo("it is running");
  }

  @Test
  void node_thawsAfterAnotherTookItsJob_itsResultIsAsGoodAsTheOthers() {
    UUID job = jobs.created(user, ECHO);
    jobs.deliver(user, job);
    Asked frozen = model.next();
    jobs.sql(
        user,
        """
        UPDATE {shard}.inference_jobs SET takes = takes + 1,
          taken_until = now() + interval '1 minute' WHERE id = '%s'"""
            .formatted(job));

    frozen.echo();
    jobs.finish(user, job);

    assertThat(jobs.state(user, job)).isEqualTo("succeeded");
  }

  @Test
  void node_stopsWhileItRuns_theJobIsFreeForOthersAtOnce() {
    UUID job = jobs.created(user, ECHO);
    jobs.deliver(user, job);
    model.next();
    jobs.node.undeploy(deployment);
    deployment = jobs.deploy();

    assertThat(jobs.get(user, job).path("waiting_for").asText())
        .isEqualTo("the node that ran it stops");
    deliverUntilCalled(job).echo();
    jobs.finish(user, job);
    assertThat(jobs.state(user, job)).isEqualTo("succeeded");
  }

  @Test
  void event_ofAnotherUserOrUnreadable_isRefusedAndTheOthersGoOn() {
    UUID job = jobs.created(user, ECHO);
    Event event = jobs.event(user, job);
    Event other =
        TestOrders.withData(
            event, "{\"job_id\":\"%s\",\"user_id\":\"%s\"}".formatted(job, UUID.randomUUID()));

    List<Settled> settled =
        jobs.deliver(JobEvents.RUNS, other, TestOrders.withData(event, "{}"), event);

    assertThat(settled)
        .extracting(Settled::verdict)
        .containsExactly(Verdict.NEVER, Verdict.NEVER, Verdict.POSTPONED);
    model.next().echo();
    jobs.finish(user, job);
  }

  @Test
  void job_deletedMeanwhile_isDone() {
    UUID job = jobs.created(user, ECHO);
    Event event = jobs.event(user, job);
    jobs.sql(user, "DELETE FROM {shard}.inference_jobs WHERE id = '%s'".formatted(job));

    assertThat(jobs.deliver(JobEvents.RUNS, event)).containsExactly(Settled.DONE);
  }

  @Test
  void metrics_jobsThatEnded_areCountedByState() {
    double queued = count("queued");
    double succeeded = count("succeeded");
    double cancelled = count("cancelled");
    UUID job = jobs.created(user, ECHO);
    jobs.deliver(user, job);
    model.next().echo();
    jobs.finish(user, job);
    jobs.cancel(user, jobs.created(user, ECHO));

    assertThat(count("queued")).isEqualTo(queued + 2);
    assertThat(count("succeeded")).isEqualTo(succeeded + 1);
    assertThat(count("cancelled")).isEqualTo(cancelled + 1);
    assertThat(
            jobs.node
                .scope()
                .meters()
                .get("inference.jobs.duration")
                .tag("state", "succeeded")
                .timer()
                .count())
        .isEqualTo((long) count("succeeded"));
  }

  private int number(UUID job, String column) {
    return jobs.sql(
            user, "SELECT %s FROM {shard}.inference_jobs WHERE id = '%s'".formatted(column, job))
        .iterator()
        .next()
        .getInteger(0);
  }

  private double count(String state) {
    return jobs.node.scope().meters().counter("inference.jobs", "state", state).count();
  }

  /**
   * Brings the event again until the job is run, since one that is put back may not be free yet.
   */
  private Asked deliverUntilCalled(UUID job) {
    int calls = model.calls();
    while (model.calls() == calls) {
      jobs.deliver(user, job);
    }
    return model.next();
  }

  /** Waits until nothing runs on the node. */
  private void assertIdle() {
    while (jobs.node.scope().meters().get("inference.jobs.running").gauge().value() > 0) {
      Thread.onSpinWait();
    }
  }
}
