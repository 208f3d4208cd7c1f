package dev.starling.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.lang.ArchRule;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import java.util.concurrent.CompletableFuture;

/** The rules of the architecture that the compiler cannot keep (docs/adr/0002). */
enum Walls {
  VERTICLES_DO_NOT_KNOW_EACH_OTHER(
      slices()
          .assignedFrom(
              new com.tngtech.archunit.library.dependencies.SliceAssignment() {
                @Override
                public com.tngtech.archunit.library.dependencies.SliceIdentifier getIdentifierOf(
                    JavaClass javaClass) {
                  String name = verticle(javaClass);
                  return name.isEmpty()
                      ? com.tngtech.archunit.library.dependencies.SliceIdentifier.ignore()
                      : com.tngtech.archunit.library.dependencies.SliceIdentifier.of(name);
                }

                @Override
                public String getDescription() {
                  return "verticles";
                }
              })
          .should()
          .notDependOnEachOther()),

  VERTICLES_SPEAK_THROUGH_THE_TYPED_BUS(
      noClasses()
          .that(areInVerticles())
          .should()
          .dependOnClassesThat()
          .areAssignableTo(EventBus.class)),

  VERTICLES_SHARE_NOTHING_THROUGH_VERTX(
      noClasses().that(areInVerticles()).should().callMethod(Vertx.class, "sharedData")),

  VERTICLES_KEEP_NO_STATIC_STATE(
      fields()
          .that()
          .areDeclaredInClassesThat(areInVerticles())
          .and()
          .areStatic()
          .should()
          .beFinal()),

  VERTICLES_DO_NOT_BLOCK(
      noClasses()
          .that(areInVerticles())
          .should()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(CompletableFuture.class, "get")
          .orShould()
          .callMethod(CompletableFuture.class, "join")),

  VERTICLES_ARE_GIVEN_THE_TIME(
      noClasses()
          .that(areInVerticles())
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(java.time.Instant.class, "now")),

  ONLY_EDGE_AND_MANAGEMENT_KNOW_VERTX_WEB(
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.starling.edge..", "dev.starling.cluster.management..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.vertx.ext.web..")),

  NOBODY_USES_VERTX_INTERNALS(
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx..impl..", "io.vertx.core.internal..")),

  CODECS_ARE_FREE_OF_FRAMEWORKS(
      noClasses()
          .that()
          .resideInAPackage("dev.starling.codec..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx..", "io.netty..", "com.fasterxml..")),

  GUARDS_ARE_FREE_OF_FRAMEWORKS(
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.starling.policy.admission..",
              "dev.starling.policy.breaker..",
              "dev.starling.policy.bulkhead..",
              "dev.starling.policy.cache..",
              "dev.starling.policy.degradation..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx..", "io.netty..", "com.fasterxml..")
          .orShould()
          .callMethod(System.class, "nanoTime")),

  CONTRACTS_KNOW_ONLY_CODECS_AND_BUS(
      noClasses()
          .that()
          .resideInAPackage("dev.starling.contract..")
          .should()
          .dependOnClassesThat(
              DescribedPredicate.describe(
                  "are ours but neither contract, codec nor bus",
                  found ->
                      found.getPackageName().startsWith("dev.starling.")
                          && !found
                              .getPackageName()
                              .matches("dev\\.starling\\.(contract|codec|bus)(\\..*)?")))),

  ONLY_THE_NODE_HAS_A_MAIN(
      methods()
          .that()
          .haveName("main")
          .and(
              DescribedPredicate.<JavaMethod>describe(
                  "take arguments", method -> method.getRawParameterTypes().size() == 1))
          .should()
          .beDeclaredInClassesThat()
          // Models are tried out in a child process, which begins somewhere too; the training of
          // one runs when its module is built, and is not in the jar.
          .resideInAnyPackage(
              "dev.starling.cluster",
              "dev.starling.inference.trial",
              "dev.starling.risk.training"));

  private final ArchRule rule;

  Walls(ArchRule rule) {
    this.rule = rule.as(name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
  }

  ArchRule rule() {
    return rule;
  }

  private static DescribedPredicate<JavaClass> areInVerticles() {
    return DescribedPredicate.describe("are in verticles", found -> !verticle(found).isEmpty());
  }

  /** The verticle that a class belongs to; empty for the rest of the system. */
  private static String verticle(JavaClass found) {
    String[] packages = found.getPackageName().split("\\.");
    if (packages.length < 3 || !packages[0].equals("dev") || !packages[1].equals("starling")) {
      return "";
    }
    return switch (packages[2]) {
      case "codec",
          "bus",
          "contract",
          "sdk",
          "postgres",
          "policy",
          "redis",
          "webhook",
          "testkit",
          "cluster",
          "architecture" ->
          "";
      default -> packages[2];
    };
  }
}
