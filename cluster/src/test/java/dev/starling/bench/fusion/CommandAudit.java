package dev.starling.bench.fusion;

import dev.starling.bench.fusion.FusionTables.Command;
import dev.starling.bench.fusion.FusionTables.Decision;
import dev.starling.bench.fusion.FusionTables.EventKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Compares decisions and commands with what was said.
 *
 * @param undecided utterances without a decision
 * @param unresolved utterances whose latest decision gives no command
 * @param gaps utterances whose revisions are not 1, 2, and so on, each once
 * @param corrected utterances with more than one revision
 * @param missing commands that were decided and not booked
 * @param doubled commands that were booked beyond those that were decided
 * @param several utterances with more than one command that no other has taken the place of
 * @param without utterances with none
 */
record CommandAudit(
    long undecided,
    long unresolved,
    long gaps,
    long corrected,
    long missing,
    long doubled,
    long several,
    long without) {
  private static final String RESOLVED = "resolved";

  /** States in which a command is not to be carried out. */
  private static final Set<String> TAKEN_BACK = Set.of("superseded", "rejected");

  static CommandAudit of(
      Set<EventKey> utterances, List<Decision> decisions, List<Command> commands) {
    Map<EventKey, List<Decision>> decided =
        decisions.stream().collect(Collectors.groupingBy(Decision::utterance));
    Map<EventKey, List<Command>> given =
        commands.stream().collect(Collectors.groupingBy(Command::utterance));
    Tally tally = new Tally();
    for (EventKey utterance : utterances) {
      tally.add(
          decided.getOrDefault(utterance, List.of()), given.getOrDefault(utterance, List.of()));
    }
    return tally.audit();
  }

  private static final class Tally {
    private final Map<String, Long> counts = new HashMap<>();

    void add(List<Decision> decisions, List<Command> commands) {
      count("undecided", decisions.isEmpty());
      count("corrected", decisions.size() > 1);
      Set<Integer> revisions = new HashSet<>();
      Set<UUID> decided = new HashSet<>();
      int latest = 0;
      boolean resolved = false;
      for (Decision decision : decisions) {
        revisions.add(decision.revision());
        if (decision.command() != null) {
          decided.add(decision.command());
        }
        if (decision.revision() > latest) {
          latest = decision.revision();
          resolved = decision.status().equals(RESOLVED) && decision.command() != null;
        }
      }
      count("unresolved", !resolved);
      count("gaps", latest != decisions.size() || revisions.size() != decisions.size());
      Set<UUID> booked = commands.stream().map(Command::id).collect(Collectors.toSet());
      counts.merge(
          "missing", decided.stream().filter(id -> !booked.contains(id)).count(), Long::sum);
      counts.merge(
          "doubled",
          commands.size() - booked.stream().filter(decided::contains).count(),
          Long::sum);
      long live =
          commands.stream().filter(command -> !TAKEN_BACK.contains(command.state())).count();
      count("several", live > 1);
      count("without", live == 0);
    }

    private void count(String what, boolean isSo) {
      counts.merge(what, isSo ? 1L : 0L, Long::sum);
    }

    private long of(String what) {
      return counts.getOrDefault(what, 0L);
    }

    CommandAudit audit() {
      return new CommandAudit(
          of("undecided"),
          of("unresolved"),
          of("gaps"),
          of("corrected"),
          of("missing"),
          of("doubled"),
          of("several"),
          of("without"));
    }
  }
}
