package dev.starling.contract.inference;

import dev.starling.bus.Topic;
import dev.starling.codec.Codec;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;

/** Tells those who watch an inference job that there is something new to look up. */
public final class JobContract {
  /** Sent after the commit. It may be lost, so whoever watches also looks from time to time. */
  public static final Topic<JobChanged> CHANGED =
      new Topic<>("inference-jobs.changed.v1", new JobChangedCodec());

  private JobContract() {}

  /**
   * A job is in another state.
   *
   * @param jobId a UUID
   */
  public record JobChanged(String jobId) {}

  private static final class JobChangedCodec implements Codec<JobChanged> {
    @Override
    public void encode(JobChanged value, WireWriter out) {
      out.writeString(value.jobId());
    }

    @Override
    public JobChanged decode(WireReader in) {
      return new JobChanged(in.readString());
    }
  }
}
