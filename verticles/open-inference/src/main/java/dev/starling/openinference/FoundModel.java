package dev.starling.openinference;

import dev.starling.contract.inference.ModelContract.ModelRecord;
import dev.starling.sdk.Reply;

/** What became of looking for a model. */
sealed interface FoundModel {

  /**
   * Some node can be asked.
   *
   * @param model the version that was meant
   */
  record Ready(ModelView view, ModelRecord model) implements FoundModel {}

  /**
   * No node can be asked now, or ever.
   *
   * @param reply for the client
   */
  record Missing(Reply<byte[]> reply) implements FoundModel {}
}
