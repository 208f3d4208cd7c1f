package dev.starling.imagefeatures;

import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.BusStream;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Opening;
import dev.starling.bus.PieceBudget;
import dev.starling.bus.PieceBuffer;
import dev.starling.bus.Pieces;
import dev.starling.contract.features.ImageFeatures;
import dev.starling.contract.features.ImageFeatures.ImageRefused;
import dev.starling.contract.features.ImageFeaturesContract.Admission;
import dev.starling.contract.features.ImageFeaturesContract.Admitted;
import dev.starling.contract.features.ImageFeaturesContract.DescribeLarge;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts pictures together that come in pieces, has them described, sends the answer in pieces.
 *
 * <p>Called on the context that serves. Bounds: each picture as any other, all of the node's that
 * are on their way by the budget.
 */
final class LargePictures implements Bus.StreamResponder<DescribeLarge, Admission, byte[], byte[]> {
  private static final Logger log = LoggerFactory.getLogger(LargePictures.class);

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
                new Admitted(), stream -> new Transfer(stream, call, request.bytes()).begin())
            : new Opening.Decline<>(refused));
  }

  /** One picture and its answer on their way. Confined to the serving context. */
  private final class Transfer {
    private final BusStream<byte[], byte[]> stream;
    private final CallContext call;
    private final int announced;
    private final PieceBuffer received;
    private final Context context = Vertx.currentContext();
    private boolean running;

    Transfer(BusStream<byte[], byte[]> stream, CallContext call, int announced) {
      this.stream = stream;
      this.call = call;
      this.announced = announced;
      this.received = new PieceBuffer(announced, budget);
    }

    void begin() {
      stream
          .onItem(this::take)
          .onEnd(this::run)
          // What is under way when the service stops goes on to its end.
          .onDrain(() -> {})
          .onClosed(
              failure -> {
                if (!running) {
                  received.close();
                }
              });
    }

    private void take(byte[] piece) {
      switch (received.add(piece)) {
        case KEPT -> {}
        case TOO_LARGE -> stream.reset(ErrorCode.INVALID_ARGUMENT, "more bytes than announced");
        case NO_ROOM ->
            stream.reset(ErrorCode.OVERLOADED, "too many large pictures are on their way now");
      }
    }

    private void run() {
      byte[] file = received.join();
      if (file.length != announced) {
        stream.reset(ErrorCode.INVALID_ARGUMENT, "fewer bytes than announced");
        return;
      }
      running = true;
      describer
          .describe(file, call)
          .onComplete(
              (features, failure) -> context.runOnContext(here -> answered(features, failure)));
    }

    private void answered(@Nullable ImageFeatures features, @Nullable Throwable failure) {
      received.close();
      if (features != null) {
        Pieces.send(stream, ImageFeatures.CODEC.toBytes(features), piece -> piece, stream::end);
      } else if (failure instanceof BusException known) {
        stream.reset(known.code(), String.valueOf(known.getMessage()));
      } else {
        log.error("A picture could not be described, trace {}", call.trace().traceId(), failure);
        stream.reset(ErrorCode.INTERNAL, "the picture could not be described");
      }
    }
  }
}
