package dev.starling.chaos.orders;

import static dev.starling.chaos.orders.Story.cancel;
import static dev.starling.chaos.orders.Story.order;
import static dev.starling.chaos.orders.Story.placed;
import static dev.starling.chaos.orders.Story.read;
import static dev.starling.chaos.orders.Story.readStale;
import static dev.starling.chaos.orders.Story.refused;
import static dev.starling.chaos.orders.Story.replayed;
import static dev.starling.chaos.orders.Story.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.chaos.orders.Outcome.Browsed;
import dev.starling.chaos.orders.Outcome.Cancelled;
import dev.starling.chaos.orders.Outcome.Reason;
import dev.starling.chaos.orders.Outcome.Shown;
import dev.starling.chaos.orders.Outcome.Stock;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class HistoryCheckerTest {

  /** {@link Invariant#EXACTLY_ONCE} */
  @Nested
  final class ExactlyOnce {
    @Test
    void acknowledged_storedToldAndActedOnOnce_holds() {
      holds(new Story().call(0, 1, order("k", 2), placed("o")).kept("o", "k", 2));
    }

    @Test
    void acknowledged_storedNowhere_isLost() {
      breaks(
          new Story().call(0, 1, order("k", 2), placed("o")).left(8),
          Invariant.EXACTLY_ONCE,
          "key k");
    }

    @Test
    void acknowledged_storedTwice_isDoubled() {
      breaks(
          new Story().call(0, 1, order("k", 2), placed("o")).kept("o", "k", 2).kept("p", "k", 2),
          Invariant.EXACTLY_ONCE,
          "2 orders");
    }

    @Test
    void acknowledged_storedWithAnotherBody_isBroken() {
      breaks(
          new Story().call(0, 1, order("k", 2), placed("o")).kept("o", "k", 3),
          Invariant.EXACTLY_ONCE,
          "another order");
    }

    @Test
    void acknowledged_storedUnderAnotherId_isBroken() {
      breaks(
          new Story().call(0, 1, order("k", 2), placed("o")).kept("p", "k", 2),
          Invariant.EXACTLY_ONCE,
          "another order");
    }

    @Test
    void order_withoutEvent_isBroken() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .row("o", "k", 2, Outcome.CONFIRMED)
              .acted("o", Evidence.PLACED, "points", "notifications")
              .left(8),
          Invariant.EXACTLY_ONCE,
          "0 events");
    }

    @Test
    void order_toldTwice_isBroken() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .kept("o", "k", 2)
              .told("o", Evidence.PLACED),
          Invariant.EXACTLY_ONCE,
          "2 events");
    }

    @Test
    void event_withoutOneOfItsEffects_isBroken() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .row("o", "k", 2, Outcome.CONFIRMED)
              .told("o", Evidence.PLACED)
              .acted("o", Evidence.PLACED, "points")
              .left(8),
          Invariant.EXACTLY_ONCE,
          "0 effects of " + Evidence.PLACED + " on notifications");
    }

    @Test
    void event_actedOnTwice_isBroken() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .kept("o", "k", 2)
              .acted("o", Evidence.PLACED, "points"),
          Invariant.EXACTLY_ONCE,
          "2 effects");
    }

    @Test
    void purchases_countedAsTheOrdersThatHold_holds() {
      Story one =
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(0, 1, order("l", 2), placed("p"))
              .call(2, 3, cancel("p"), new Cancelled())
              .kept("o", "k", 2)
              .keptCancelled("p", "l", 2);
      holds(one.counted(1));
    }

    @Test
    void purchase_countedTwice_isBroken() {
      breaks(
          new Story().call(0, 1, order("k", 2), placed("o")).kept("o", "k", 2).counted(2),
          Invariant.EXACTLY_ONCE,
          "2 orders with A are counted (expected: 1)");
    }

    @Test
    void cancellation_acknowledgedAndKept_holds() {
      holds(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, cancel("o"), new Cancelled())
              .keptCancelled("o", "k", 2));
    }

    @Test
    void cancellation_acknowledgedButNotStored_isLost() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, cancel("o"), new Cancelled())
              .kept("o", "k", 2),
          Invariant.EXACTLY_ONCE,
          "cancellation was acknowledged");
    }
  }

  /** {@link Invariant#ASKED_FOR} */
  @Nested
  final class AskedFor {
    @Test
    void unknown_storedOrNot_holds() {
      holds(new Story().call(0, 1, order("k", 2), unknown()).kept("o", "k", 2));
      holds(new Story().call(0, 1, order("k", 2), unknown()));
    }

    @Test
    void refused_thenUnknown_mayBeStored() {
      holds(
          new Story()
              .call(0, 1, order("k", 2), refused(Reason.NOT_EXECUTED))
              .call(2, 3, order("k", 2), unknown())
              .kept("o", "k", 2));
    }

    @Test
    void refused_storedNonetheless_isBroken() {
      breaks(
          new Story().call(0, 1, order("k", 2), refused(Reason.NOT_EXECUTED)).kept("o", "k", 2),
          Invariant.ASKED_FOR,
          "nothing was done");
    }

    @Test
    void order_thatNobodyPlaced_isBroken() {
      breaks(new Story().kept("o", "k", 2), Invariant.ASKED_FOR, "nobody used this key");
    }

    @Test
    void order_cancelledThoughThatWasRefused_isBroken() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, cancel("o"), refused(Reason.NOT_EXECUTED))
              .keptCancelled("o", "k", 2),
          Invariant.ASKED_FOR,
          "nobody asked");
    }

    @Test
    void order_cancelledWithUnknownOutcome_holds() {
      holds(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, cancel("o"), unknown())
              .keptCancelled("o", "k", 2));
    }
  }

  /** {@link Invariant#ONE_ANSWER} */
  @Nested
  final class OneAnswer {
    @Test
    void replay_toldTheSameOrder_holds() {
      holds(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, order("k", 2), replayed("o"))
              .kept("o", "k", 2));
    }

    @Test
    void replay_toldAnotherOrder_isBroken() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, order("k", 2), replayed("p"))
              .kept("o", "k", 2),
          Invariant.ONE_ANSWER,
          "different orders");
    }

    @Test
    void replay_refused_isBroken() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, order("k", 2), refused(Reason.INSUFFICIENT_STOCK))
              .kept("o", "k", 2),
          Invariant.ONE_ANSWER,
          "a replay was refused");
    }

    @Test
    void replay_notExecutedForNow_holds() {
      holds(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, order("k", 2), refused(Reason.NOT_EXECUTED))
              .kept("o", "k", 2));
    }

    @Test
    void twoCalls_bothToldThatTheyPlacedIt_isBroken() {
      breaks(
          new Story()
              .call(0, 3, order("k", 2), placed("o"))
              .call(1, 3, order("k", 2), placed("o"))
              .kept("o", "k", 2),
          Invariant.ONE_ANSWER,
          "2 calls were told that they placed");
    }

    @Test
    void otherBody_refusedWith422_holds() {
      holds(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, order("k", 3), refused(Reason.KEY_REUSED))
              .kept("o", "k", 2));
    }

    @Test
    void otherBody_acknowledged_isBroken() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, order("k", 3), replayed("o"))
              .kept("o", "k", 2),
          Invariant.ONE_ANSWER,
          "another body was acknowledged");
    }

    @Test
    void otherBody_refusedForStock_isBroken() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, order("k", 3), refused(Reason.INSUFFICIENT_STOCK))
              .kept("o", "k", 2),
          Invariant.ONE_ANSWER,
          "expected: 422");
    }

    @Test
    void otherBody_afterARefusedOrder_mayBePlaced() {
      holds(
          new Story()
              .call(0, 1, order("k", 20), refused(Reason.INSUFFICIENT_STOCK))
              .call(2, 3, order("k", 3), placed("o"))
              .kept("o", "k", 3));
    }

    @Test
    void sameBody_refusedAsAnother_isBroken() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), unknown())
              .call(2, 3, order("k", 2), refused(Reason.KEY_REUSED))
              .kept("o", "k", 2),
          Invariant.ONE_ANSWER,
          "never used with another body");
    }

    @Test
    void duplicate_refusedWhileTheFirstRuns_holds() {
      holds(
          new Story()
              .call(0, 3, order("k", 2), placed("o"))
              .call(1, 2, order("k", 2), refused(Reason.IN_FLIGHT))
              .kept("o", "k", 2));
    }

    @Test
    void duplicate_refusedWhileAnUnansweredOneMayRun_holds() {
      holds(
          new Story()
              .unanswered(0, order("k", 2))
              .call(5, 6, order("k", 2), refused(Reason.IN_FLIGHT))
              .kept("o", "k", 2));
    }

    @Test
    void duplicate_refusedAfterTheFirstHasEnded_isBroken() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, order("k", 2), refused(Reason.IN_FLIGHT))
              .kept("o", "k", 2),
          Invariant.ONE_ANSWER,
          "no other call with the key was");
    }
  }

  /** {@link Invariant#VISIBLE} */
  @Nested
  final class Visible {
    @Test
    void read_afterAcknowledgement_findsIt_holds() {
      holds(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, read("o"), new Shown(Outcome.CONFIRMED))
              .kept("o", "k", 2));
    }

    @Test
    void read_afterAcknowledgement_findsNothing_isBroken() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, read("o"), refused(Reason.NOT_FOUND))
              .kept("o", "k", 2),
          Invariant.VISIBLE,
          "not found");
    }

    @Test
    void read_withoutPosition_mayBeAsStaleAsAllowed() {
      holds(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, readStale("o"), refused(Reason.NOT_FOUND))
              .kept("o", "k", 2));
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2 + Story.STALENESS, 9, readStale("o"), refused(Reason.NOT_FOUND))
              .kept("o", "k", 2),
          Invariant.VISIBLE,
          "not found");
    }

    @Test
    void read_beforeAcknowledgement_mayFindNothing() {
      holds(
          new Story()
              .call(0, 3, order("k", 2), placed("o"))
              .call(1, 2, read("o"), refused(Reason.NOT_FOUND))
              .kept("o", "k", 2));
    }

    @Test
    void read_afterCancellation_seesItConfirmed_isBroken() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, cancel("o"), new Cancelled())
              .call(4, 5, read("o"), new Shown(Outcome.CONFIRMED))
              .keptCancelled("o", "k", 2),
          Invariant.VISIBLE,
          "seen as confirmed");
    }

    @Test
    void read_besideCancellation_seesEither() {
      for (String status : List.of(Outcome.CONFIRMED, Outcome.CANCELLED)) {
        holds(
            new Story()
                .call(0, 1, order("k", 2), placed("o"))
                .call(2, 5, cancel("o"), new Cancelled())
                .call(3, 4, read("o"), new Shown(status))
                .keptCancelled("o", "k", 2));
      }
    }

    @Test
    void read_beforeAnyCancellation_seesItCancelled_isBroken() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, read("o"), new Shown(Outcome.CANCELLED))
              .call(4, 5, cancel("o"), new Cancelled())
              .keptCancelled("o", "k", 2),
          Invariant.VISIBLE,
          "seen as cancelled");
    }

    @Test
    void page_ofAllOrders_withoutAnAcknowledgedOne_isBroken() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, browse(5), new Browsed(List.of(), false))
              .kept("o", "k", 2),
          Invariant.VISIBLE,
          "not listed");
    }

    @Test
    void page_withNewerOrders_needNotReachBackToTheOldest() {
      holds(
          new Story()
              .call(0, 1, order("k", 1), placed("o"))
              .call(2, 3, order("l", 1), placed("p"))
              .call(4, 5, browse(1), new Browsed(List.of("p"), true))
              .kept("o", "k", 1)
              .kept("p", "l", 1));
    }

    @Test
    void page_withAHole_isBroken() {
      breaks(
          new Story()
              .call(0, 1, order("k", 1), placed("o"))
              .call(2, 3, order("l", 1), placed("p"))
              .call(4, 5, browse(2), new Browsed(List.of("o"), true))
              .kept("o", "k", 1)
              .kept("p", "l", 1),
          Invariant.VISIBLE,
          "not listed");
    }

    private Call browse(int limit) {
      return new Call.Browse(Story.USER, limit, "north.0-1");
    }
  }

  /** {@link Invariant#STOCK} */
  @Nested
  final class StockKept {
    @Test
    void rest_lessThanTheOrdersTook_isBroken() {
      breaks(
          new Story().call(0, 1, order("k", 2), placed("o")).kept("o", "k", 2).left(7),
          Invariant.STOCK,
          "7 are left");
    }

    @Test
    void rest_negativeInOnePlace_isBroken() {
      breaks(
          new Story().call(0, 1, order("k", 2), placed("o")).kept("o", "k", 2).lowest(-1),
          Invariant.STOCK,
          "-1 in one place");
    }

    @Test
    void rest_ofACancelledOrder_isReturned() {
      Story cancelled =
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, cancel("o"), new Cancelled())
              .keptCancelled("o", "k", 2);
      holds(cancelled);
      breaks(cancelled.left(8), Invariant.STOCK, "8 are left");
    }

    @Test
    void look_afterAnOrder_seesItTaken_whenItIsNoLongerStale() {
      holds(looking(2, 3, 10));
      holds(looking(4, 5, 8));
      breaks(looking(4, 5, 10), Invariant.STOCK, "10 were seen (expected: 8..8)");
    }

    @Test
    void look_besideAnOrder_seesEither() {
      holds(looking(0, 3, 8));
      holds(looking(0, 3, 10));
      breaks(looking(0, 3, 7), Invariant.STOCK, "7 were seen (expected: 8..10)");
    }

    @Test
    void look_afterACancellation_seesItReturned() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, cancel("o"), new Cancelled())
              .call(6, 7, look(), new Stock(8))
              .keptCancelled("o", "k", 2),
          Invariant.STOCK,
          "8 were seen (expected: 10..10)");
    }

    @Test
    void look_afterAnUnknownOrderThatIsNotStored_mustNotSeeItTaken() {
      breaks(
          new Story().call(0, 1, order("k", 2), unknown()).call(2, 3, look(), new Stock(8)),
          Invariant.STOCK,
          "8 were seen (expected: 10..10)");
    }

    @Test
    void look_afterAnUnknownOrderThatIsStored_seesEither() {
      for (long seen : new long[] {8, 10}) {
        holds(
            new Story()
                .call(0, 1, order("k", 2), unknown())
                .call(2, 3, look(), new Stock(seen))
                .kept("o", "k", 2));
      }
    }

    @Test
    void look_atLessThanNothing_isBroken() {
      breaks(
          new Story()
              .call(0, 1, order("k", 12), unknown())
              .call(0, 3, look(), new Stock(-2))
              .kept("o", "k", 12),
          Invariant.STOCK,
          "-2 were seen");
    }

    private Story looking(long from, long to, long seen) {
      return new Story()
          .call(0, 1, order("k", 2), placed("o"))
          .call(from, to, look(), new Stock(seen))
          .kept("o", "k", 2);
    }

    private Call look() {
      return new Call.Look(Story.USER, Story.SKU);
    }
  }

  /** {@link Invariant#IN_ORDER} and {@link Invariant#NO_PHANTOM} */
  @Nested
  final class EventsAndEffects {
    @Test
    void consumer_actedOnTheCancellationFirst_isBroken() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, cancel("o"), new Cancelled())
              .row("o", "k", 2, Outcome.CANCELLED)
              .told("o", Evidence.PLACED)
              .told("o", Evidence.ORDER_CANCELLED)
              .acted("o", Evidence.ORDER_CANCELLED, "points")
              .acted("o", Evidence.PLACED, "points", "notifications"),
          Invariant.IN_ORDER,
          "before it acted on " + Evidence.PLACED);
    }

    @Test
    void event_ofNoOrder_isAPhantom() {
      breaks(new Story().told("o", Evidence.PLACED), Invariant.NO_PHANTOM, "there is an event");
    }

    @Test
    void effect_ofNoOrder_isAPhantom() {
      breaks(
          new Story().acted("o", Evidence.PLACED, "points"),
          Invariant.NO_PHANTOM,
          "there is an effect");
    }

    @Test
    void effect_ofACancellationThatIsNotStored_isAPhantom() {
      breaks(
          new Story()
              .call(0, 1, order("k", 2), placed("o"))
              .call(2, 3, cancel("o"), unknown())
              .kept("o", "k", 2)
              .acted("o", Evidence.ORDER_CANCELLED, "points"),
          Invariant.NO_PHANTOM,
          "there is an effect");
    }
  }

  @Test
  void history_inWhichNothingWasRead_leavesThatUntested() {
    Verdict verdict =
        new Story().call(0, 1, order("k", 2), placed("o")).kept("o", "k", 2).verdict();

    assertThat(verdict.untested())
        .containsExactly(Invariant.ONE_ANSWER, Invariant.VISIBLE, Invariant.IN_ORDER);
  }

  @Test
  void violation_describedForPeople_namesTheCallsWithTheirTimes() {
    Verdict verdict =
        new Story().call(1_500_000_000, 2_000_000_000, order("k", 2), placed("o")).verdict();

    assertThat(verdict.violations())
        .singleElement()
        .satisfies(
            violation ->
                assertThat(violation.describe()).contains("key k of user ann", "1.500..2.000 s"));
  }

  private static void holds(Story story) {
    assertThat(story.verdict().violations()).extracting(Violation::describe).isEmpty();
  }

  /** That invariant is broken, perhaps beside others, and a violation of it says this. */
  private static void breaks(Story story, Invariant invariant, String says) {
    Verdict verdict = story.verdict();
    assertThat(verdict.violations()).extracting(Violation::invariant).contains(invariant);
    assertThat(verdict.violations())
        .filteredOn(violation -> violation.invariant() == invariant)
        .extracting(Violation::describe)
        .anySatisfy(text -> assertThat(text).contains(says));
  }
}
