package dev.athanor.registry;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/// Brings a database's tables to the version that this code knows. Flyway reads the class path as it starts, so it is
/// asked only when one cheap query says that there is something to do.
final class Schema {
  /// The number of the newest file in `migration/`.
  static final int VERSION = 1;

  private static final Object ONE_AT_A_TIME = new Object();

  private final DataSource source;
  private final String name;

  Schema(DataSource source, String name) {
    this.source = source;
    this.name = name;
  }

  /// @param lockFile held while migrating, against other processes (Flyway itself locks no SQLite file); null where the
  ///     database has locks of its own
  void bringUpToDate(@Nullable Path lockFile) throws SQLException {
    if (isBehind()) {
      synchronized (ONE_AT_A_TIME) {
        if (lockFile == null) {
          migrate();
        } else {
          migrateAlone(lockFile);
        }
      }
    }
  }

  private boolean isBehind() throws SQLException {
    int version = version();
    if (version > VERSION) {
      throw new UserException(
          "the registry %s is of version %d, newer than this program's %d; use a newer Athanor"
              .formatted(name, version, VERSION));
    }
    return version < VERSION;
  }

  /// 0 when the database is new.
  private int version() throws SQLException {
    try (Connection connection = source.getConnection()) {
      try (ResultSet tables = connection.getMetaData().getTables(null, null, "flyway_schema_history", null)) {
        if (!tables.next()) {
          return 0;
        }
      }
      try (Statement statement = connection.createStatement();
          ResultSet newest =
              statement.executeQuery(
                  "SELECT MAX(CAST(version AS INTEGER)) FROM flyway_schema_history WHERE success")) {
        return newest.next() ? newest.getInt(1) : 0;
      }
    }
  }

  private void migrateAlone(Path lockFile) throws SQLException {
    try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      // Another process may have done it while this one waited.
      if (lock.isValid() && isBehind()) {
        migrate();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot lock " + lockFile, e);
    }
  }

  private void migrate() {
    Flyway.configure(Schema.class.getClassLoader())
        .loggers("slf4j")
        .dataSource(source)
        .locations("classpath:dev/athanor/registry/migration")
        .load()
        .migrate();
  }
}
