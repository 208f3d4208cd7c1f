package dev.starling.users;

import static dev.starling.testkit.TestNode.await;

import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;

/** Somebody else's transaction, which has changed a user and not ended. */
final class OpenTransaction implements AutoCloseable {
  private final SqlConnection connection;
  private final Transaction transaction;

  OpenTransaction(UsersNode users, String id) {
    connection = await(users.postgres.pool().getConnection());
    transaction = await(connection.begin());
    run("UPDATE users.users SET name = 'Eve' WHERE id = '%s'".formatted(id));
  }

  void run(String sql) {
    await(connection.query(sql).execute());
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
