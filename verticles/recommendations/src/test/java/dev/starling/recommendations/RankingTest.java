package dev.starling.recommendations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.recommendations.Ranking.Item;
import org.junit.jupiter.api.Test;

class RankingTest {

  @Test
  void best_scoresOfSeveralDatabases_areAddedUpTheMostFirst() {
    Ranking ranking = new Ranking();
    ranking.add("B", 2);
    ranking.add("A", 3);
    ranking.add("B", 2);
    ranking.add("D", 3);
    ranking.add("C", 0);

    assertThat(ranking.best(2)).containsExactly(new Item("B", 4), new Item("A", 3));
    assertThat(ranking.best(10))
        .containsExactly(new Item("B", 4), new Item("A", 3), new Item("D", 3));
  }
}
