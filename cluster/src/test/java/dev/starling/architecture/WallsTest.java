package dev.starling.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.starling.auth.PlantedSleeper;
import dev.starling.auth.PlantedStranger;
import dev.starling.codec.PlantedFrameworkUser;
import dev.starling.contract.PlantedContract;
import dev.starling.policy.breaker.PlantedGuard;
import dev.starling.users.PlantedNeighbour;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every wall stands, and every wall would be noticed if it fell. */
final class WallsTest {
  private static final JavaClasses SHIPPED =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.starling");

  private static final JavaClasses PLANTED =
      new ClassFileImporter()
          .importClasses(
              Stream.of(
                      PlantedStranger.class,
                      PlantedNeighbour.class,
                      PlantedSleeper.class,
                      PlantedFrameworkUser.class,
                      PlantedContract.class,
                      PlantedGuard.class)
                  .toList());

  @ParameterizedTest
  @EnumSource
  void shippedCode_asBuilt_keepsTheWall(Walls wall) {
    wall.rule().check(SHIPPED);
  }

  @ParameterizedTest
  @EnumSource
  void plantedViolation_evaluated_isFound(Walls wall) {
    assertThat(wall.rule().evaluate(PLANTED).hasViolation()).isTrue();
  }
}
