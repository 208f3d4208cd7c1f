package dev.starling.imagefeatures;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.bus.Opening;
import dev.starling.bus.PieceBudget;
import dev.starling.bus.PieceExchange;
import dev.starling.contract.features.ImageFeatures;
import dev.starling.contract.features.ImageFeatures.ImageRefused;
import dev.starling.contract.features.ImageFeaturesContract.Admission;
import dev.starling.contract.features.ImageFeaturesContract.Admitted;
import dev.starling.contract.features.ImageFeaturesContract.DescribeLarge;
import io.vertx.core.Future;

/**
 * Has pictures described that come in pieces.
 *
 * <p>Called on the context that serves. Bounds: each picture as any other, all of the node's that
 * are on their way by the budget.
 */
final class LargePictures implements Bus.StreamResponder<DescribeLarge, Admission, byte[], byte[]> {
  private final Describer describer;
  private final PieceBudget budget;

  LargePictures(Describer describer, PieceBudget budget) {
    this.describer = describer;
    this.budget = budget;
  }

  @Override
  public Future<Opening<Admission, byte[], byte[]>> open(DescribeLarge request, CallContext call) {
    ImageRefused refused = describer.refusal(request.bytes());
    return Future.succeededFuture(
        refused == null
            ? new Opening.Accept<>(
                new Admitted(),
                stream ->
                    PieceExchange.serve(stream, call, request.bytes(), budget, this::describe))
            : new Opening.Decline<>(refused));
  }

  private Future<byte[]> describe(byte[] file, CallContext call) {
    return describer.describe(file, call).map(ImageFeatures.CODEC::toBytes);
  }
}
