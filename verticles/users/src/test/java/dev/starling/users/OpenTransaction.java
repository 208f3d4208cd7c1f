package dev.starling.users;

import static dev.starling.testkit.TestNode.await;

import dev.starling.postgres.shards.Shards;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import java.util.UUID;

/** Somebody else's transaction, which has changed a user and not ended. */
final class OpenTransaction implements AutoCloseable {
  private final SqlConnection connection;
  private Transaction transaction;

  private final String id;

  OpenTransaction(UsersNode users, String id) {
    this.id = id;
    int shard = Shards.of(UUID.fromString(id));
    connection = await(users.shards.database(shard).primary().pool().getConnection());
    transaction = await(connection.begin());
    run("UPDATE {shard}.users SET name = 'Eve' WHERE id = '{id}'");
  }

  /** With {@code {shard}} for the user's schema and {@code {id}} for the id. */
  void run(String sql) {
    await(connection.query(UsersNode.of(id, sql)).execute());
  }

  /** Another transaction on the same connection, after the end of the one before. */
  void begin(String sql) {
    transaction = await(connection.begin());
    run(sql);
  }

  void commit() {
    await(transaction.commit());
  }

  void rollback() {
    await(transaction.rollback());
  }

  @Override
  public void close() {
    await(connection.close());
  }
}
