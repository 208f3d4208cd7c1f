/**
 * Inference that outlives its request: jobs that users hand over, and are told of when they end.
 *
 * <p>Contract: {@link dev.starling.inferencejobs.InferenceJobsVerticle} stores a job in its user's
 * shard and, in the same transaction, an event of the outbox for the consumer {@code
 * inference-jobs}. A relay brings that again and again until the job has ended. Whoever gets it
 * takes the job for a few seconds at a time, calls the model over the bus with no transaction open,
 * and writes the result where the job has not ended. So a job ends once, in one of {@code
 * succeeded}, {@code failed} and {@code cancelled}. A call-back is an event of its own, written
 * with the end, for {@link dev.starling.inferencejobs.InferenceCallbacksVerticle}
 * (docs/adr/0031-inference-jobs.md).
 *
 * <p>Failure modes: a model may be run more than once for a job, when a node is lost or cut off
 * while it runs; one result is kept. While no node has the model, or room for it, jobs wait, until
 * they expire. A job whose runs never come to an end that is known is given up after a few. While a
 * shard's database is away its users' calls are refused as not executed, and its jobs wait.
 * Call-backs come at least once, with the same {@code webhook-id}.
 */
@NullMarked
package dev.starling.inferencejobs;

import org.jspecify.annotations.NullMarked;
