package dev.starling.postgres;

import static dev.starling.postgres.TestServers.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.postgres.Migrations.Migrated;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MigrationsIT {
  @RegisterExtension static final ServerFixture SERVER = new ServerFixture();

  @Test
  void run_emptyDatabase_makesTheSchemaAndRecordsTheVersion() throws Exception {
    PostgresEndpoint database = SERVER.freshDatabase();
    assertThat(Migrations.run(database, "sample", "classpath:db/sample"))
        .isEqualTo(new Migrated(2, "2"));
    assertThat(query(database, "SELECT max(version) FROM sample.flyway_schema_history"))
        .isEqualTo("2");
  }

  @Test
  void run_again_doesNothing() {
    PostgresEndpoint database = SERVER.freshDatabase();
    Migrations.run(database, "sample", "classpath:db/sample");
    assertThat(Migrations.run(database, "sample", "classpath:db/sample"))
        .isEqualTo(new Migrated(0, "2"));
  }

  @Test
  void run_fourNodesAtOnce_oneMigratesAndAllSucceed() throws Exception {
    PostgresEndpoint database = SERVER.freshDatabase();
    ExecutorService nodes = Executors.newFixedThreadPool(4);
    try {
      Callable<Migrated> node = () -> Migrations.run(database, "sample", "classpath:db/sample");
      List<Migrated> results = new ArrayList<>();
      for (Future<Migrated> each : nodes.invokeAll(Collections.nCopies(4, node))) {
        results.add(each.get());
      }
      assertThat(results).extracting(Migrated::version).containsOnly("2");
      assertThat(results).extracting(Migrated::applied).containsExactlyInAnyOrder(2, 0, 0, 0);
    } finally {
      nodes.shutdownNow();
    }
  }

  @Test
  void run_twoSchemas_keepTheirOwnHistory() throws Exception {
    PostgresEndpoint database = SERVER.freshDatabase();
    Migrations.run(database, "one", "classpath:db/sample");
    Migrations.run(database, "two", "classpath:db/sample");
    assertThat(query(database, "SELECT count(*) FROM one.things, two.things")).isEqualTo("0");
  }

  @Test
  void run_brokenMigration_namesItAndKeepsTheVersionBefore() throws Exception {
    PostgresEndpoint database = SERVER.freshDatabase();
    assertThatThrownBy(() -> Migrations.run(database, "broken", "classpath:db/broken"))
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("schema broken from classpath:db/broken")
        .hasMessageContaining("V2__second.sql")
        .hasMessageContaining("nowhere")
        .hasMessageNotContaining("\n");
    assertThat(query(database, "SELECT max(version) FROM broken.flyway_schema_history"))
        .isEqualTo("1");
    assertThat(query(database, "SELECT to_regclass('broken.second')")).isNull();
  }

  @Test
  void run_nothingAtTheLocation_isRefused() {
    PostgresEndpoint database = SERVER.freshDatabase();
    assertThatThrownBy(() -> Migrations.run(database, "sample", "classpath:db/smaple"))
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("db/smaple");
  }

  @Test
  void run_filesInAJarOfAnotherClassLoader_areFound(@TempDir Path directory) throws Exception {
    Path jar = directory.resolve("third-party.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      zip.putNextEntry(new ZipEntry("db/"));
      zip.putNextEntry(new ZipEntry("db/third/"));
      zip.putNextEntry(new ZipEntry("db/third/V1__third.sql"));
      zip.write("CREATE TABLE third (id int);".getBytes(StandardCharsets.UTF_8));
    }
    PostgresEndpoint database = SERVER.freshDatabase();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()})) {
      assertThat(Migrations.run(database, "third", "classpath:db/third", loader))
          .isEqualTo(new Migrated(1, "1"));
    }
    assertThatThrownBy(() -> Migrations.run(database, "third", "classpath:db/third"))
        .isInstanceOf(PostgresException.class);
  }

  @Test
  void run_malformedNames_areRefusedBeforeConnecting() {
    PostgresEndpoint database = SERVER.freshDatabase();
    assertThatThrownBy(() -> Migrations.run(database, "Sample; --", "classpath:db/sample"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("schema: Sample; -- (expected: 1..63 of a-z");
    assertThatThrownBy(() -> Migrations.run(database, "sample", "filesystem:/etc"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("location: filesystem:/etc (expected: classpath:db/<verticle>)");
  }
}
