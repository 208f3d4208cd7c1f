package dev.starling.bench.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bench.fusion.FusionTables.Command;
import dev.starling.bench.fusion.FusionTables.Decision;
import dev.starling.bench.fusion.FusionTables.EventKey;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CommandAuditTest {
  private static final EventKey SAID = new EventKey(new UUID(0, 1), "/devices/phone-1", "said");
  private static final UUID FIRST = new UUID(1, 1);
  private static final UUID SECOND = new UUID(1, 2);
  private static final CommandAudit GOOD = new CommandAudit(0, 0, 0, 0, 0, 0, 0, 0);

  @Test
  void utterance_withADecisionAndItsCommand_isAsItShouldBe() {
    assertThat(audit(List.of(resolved(1, FIRST)), List.of(command(FIRST, "delivered"))))
        .isEqualTo(GOOD);
  }

  @Test
  void correction_withACommandInPlaceOfTheFirst_isAsItShouldBe() {
    assertThat(
            audit(
                List.of(resolved(2, SECOND), resolved(1, FIRST)),
                List.of(command(FIRST, "superseded"), command(SECOND, "pending"))))
        .isEqualTo(new CommandAudit(0, 0, 0, 1, 0, 0, 0, 0));
  }

  @Test
  void utterance_withoutAnything_isUndecidedAndWithoutACommand() {
    assertThat(audit(List.of(), List.of())).isEqualTo(new CommandAudit(1, 1, 0, 0, 0, 0, 0, 1));
  }

  @Test
  void utterance_thatWasAskedAbout_isUnresolved() {
    assertThat(audit(List.of(new Decision(SAID, 1, "asked", null)), List.of()))
        .isEqualTo(new CommandAudit(0, 1, 0, 0, 0, 0, 0, 1));
  }

  @Test
  void command_decidedAndNotBooked_isMissing() {
    assertThat(audit(List.of(resolved(1, FIRST)), List.of()))
        .isEqualTo(new CommandAudit(0, 0, 0, 0, 1, 0, 0, 1));
  }

  @Test
  void command_bookedBeyondTheDecision_isDoubled() {
    assertThat(
            audit(
                List.of(resolved(1, FIRST)),
                List.of(command(FIRST, "pending"), command(SECOND, "pending"))))
        .isEqualTo(new CommandAudit(0, 0, 0, 0, 0, 1, 1, 0));
  }

  @Test
  void revision_leftOut_isAGap() {
    assertThat(audit(List.of(resolved(2, FIRST)), List.of(command(FIRST, "pending"))))
        .isEqualTo(new CommandAudit(0, 0, 1, 0, 0, 0, 0, 0));
  }

  private static CommandAudit audit(List<Decision> decisions, List<Command> commands) {
    return CommandAudit.of(Set.of(SAID), decisions, commands);
  }

  private static Decision resolved(int revision, @Nullable UUID command) {
    return new Decision(SAID, revision, "resolved", command);
  }

  private static Command command(UUID id, String state) {
    return new Command(SAID, id, state, 1, 2);
  }
}
