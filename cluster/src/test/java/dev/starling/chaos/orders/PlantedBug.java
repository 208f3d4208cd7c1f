package dev.starling.chaos.orders;

import dev.starling.load.LabNode;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * A bug that is planted into the service that takes orders, to see whether it is caught: a few
 * lines of its source are replaced, and what comes of them is put into a copy of the jar; or its
 * tables are spoilt.
 *
 * <p>The product has no switch for being wrong. When the lines are no longer there, planting fails
 * and says so.
 */
enum PlantedBug {
  /** Two orders may have the same key. */
  KEYS_WITHOUT_THEIR_UNIQUE_INDEX(Invariant.EXACTLY_ONCE),

  /** Clients hear of their orders when these are stored, and not when that is committed. */
  ACKNOWLEDGED_BEFORE_COMMIT(
      Invariant.EXACTLY_ONCE,
      new Edit(
          "OrderBatch",
          "connection -> decide(connection, shard, batch))",
          """
          connection ->
              decide(connection, shard, batch)
                  .onSuccess(
                      decisions -> {
                        for (int i = 0; i < batch.size(); i++) {
                          if (decisions.each.get(i) instanceof Placed) {
                            batch.get(i).settle(new Decided(decisions.each.get(i), null));
                          }
                        }
                      })
                  // A crash is to have something to undo.
                  .compose(
                      decisions ->
                          connection.query("SELECT pg_sleep(0.05)").execute().map(decisions)))
          """)),

  /** What an order causes is told by itself, before the order is committed. */
  PUBLISHED_OUTSIDE_THE_TRANSACTION(
      Invariant.NO_PHANTOM,
      new Edit(
          "OrderStore", "Outbox.append(connection, shard, events)", "Future.succeededFuture()"),
      new Edit(
          "OrderBatch",
          "return store\n                  .store(connection, shard, placed, book.sold(), told)",
          """
          return (placed.isEmpty()
                  ? Future.<Void>succeededFuture()
                  : shards.write(
                      shard,
                      Duration.ofSeconds(2),
                      other ->
                          dev.starling.postgres.outbox.Outbox.append(
                              other,
                              shard,
                              told)))
              .compose(
                  published -> store.store(connection, shard, placed, book.sold(), told))
          """));

  /** Beside the module whose target has the jar. */
  private static final Path SOURCES =
      LabNode.builtJar()
          .toAbsolutePath()
          .resolve("../../../verticles/orders/src/main/java/dev/starling/orders")
          .normalize();

  private static final String DROP_UNIQUE_INDEX =
      """
      DO $$
      DECLARE schema text;
      BEGIN
        FOR schema IN
          SELECT schemaname FROM pg_indexes WHERE indexname = 'orders_idempotency_key'
        LOOP
          EXECUTE format('DROP INDEX %I.orders_idempotency_key', schema);
        END LOOP;
      END $$""";

  private final Invariant broken;
  private final List<Edit> edits;

  /**
   * @param file a class of the service
   * @param from what its source has exactly once
   */
  private record Edit(String file, String from, String to) {}

  PlantedBug(Invariant broken, Edit... edits) {
    this.broken = broken;
    this.edits = List.of(edits);
  }

  /** What is to be found broken. */
  Invariant broken() {
    return broken;
  }

  /** What nodes have to run; null for the jar that was built. */
  @Nullable Path jar(Path directory) throws IOException {
    return edits.isEmpty() ? null : planted(directory);
  }

  /** Does the rest of it, when the lab has been started. */
  void prepare(OrdersLab lab) {
    if (this == KEYS_WITHOUT_THEIR_UNIQUE_INDEX) {
      lab.databases().execute(DROP_UNIQUE_INDEX);
    }
  }

  private Path planted(Path directory) throws IOException {
    Path sources = Files.createDirectories(directory.resolve("sources"));
    Path classes = Files.createDirectories(directory.resolve("classes"));
    for (Edit edit : edits) {
      Path file = sources.resolve(edit.file + ".java");
      if (!Files.exists(file)) {
        Files.copy(SOURCES.resolve(edit.file + ".java"), file);
      }
      String source = Files.readString(file);
      int place = source.indexOf(edit.from);
      if (place < 0 || source.indexOf(edit.from, place + 1) >= 0) {
        throw new IllegalStateException(
            "%s: not exactly one (expected: the line to be replaced, to plant %s): %s"
                .formatted(edit.file, this, edit.from));
      }
      Files.writeString(file, source.replace(edit.from, edit.to));
    }
    compile(sources, classes);
    return replaced(classes, directory.resolve("planted.jar"));
  }

  private static void compile(Path sources, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
        Stream<Path> all = Files.list(sources)) {
      boolean compiled =
          compiler
              .getTask(
                  complaints,
                  files,
                  null,
                  List.of(
                      "-classpath",
                      LabNode.builtJar().toString(),
                      "-d",
                      classes.toString(),
                      "-proc:none",
                      "-nowarn"),
                  null,
                  files.getJavaFileObjectsFromPaths(all.toList()))
              .call();
      if (!compiled) {
        throw new IllegalStateException("the planted bug does not compile:\n" + complaints);
      }
    }
  }

  private static Path replaced(Path classes, Path jar) throws IOException {
    Files.copy(LabNode.builtJar(), jar);
    List<Path> compiled = new ArrayList<>();
    try (Stream<Path> files = Files.walk(classes)) {
      files.filter(file -> file.toString().endsWith(".class")).forEach(compiled::add);
    }
    try (FileSystem inside = FileSystems.newFileSystem(jar)) {
      for (Path file : compiled) {
        Files.copy(
            file,
            inside.getPath("/" + classes.relativize(file)),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return jar;
  }
}
