package dev.athanor.tokenizer;

import dev.athanor.base.UserException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/// Counted pieces in sorted runs on disk, read as one: the runs are merged and equal pieces' counts added while they are visited. Runs may
/// be added by several threads.
final class PieceRuns implements CountedPieces, AutoCloseable {
  private static final int BUFFER = 1 << 16;

  /// That are merged at a time; more are first merged to fewer.
  private static final int MOST = 128;

  private static final int END = -1;

  private final Path folder;
  private final List<Path> runs = new ArrayList<>();

  PieceRuns(Path folder) {
    this.folder = folder;
  }

  synchronized boolean isEmpty() {
    return runs.isEmpty();
  }

  /// Writes the pieces as a run of their own.
  ///
  /// @throws UserException where the folder takes no file
  void add(PieceCounts pieces) {
    Path run = write(pieces::forEachSorted);
    synchronized (this) {
      runs.add(run);
    }
  }

  /// A run that could not be written whole is not left behind, nor is any by a program that is told to end.
  private Path write(Consumer<Visitor> pieces) {
    Path run;
    try {
      run = Files.createTempFile(folder, "pieces-", ".tmp");
    } catch (IOException e) {
      throw full(e);
    }
    run.toFile().deleteOnExit();
    try (Writer writer = new Writer(run)) {
      pieces.accept(writer::write);
    } catch (UncheckedIOException | IOException e) {
      delete(run);
      throw full(e);
    }
    return run;
  }

  private UserException full(Exception e) {
    return new UserException("cannot write what does not fit into memory to " + folder.toAbsolutePath() + ": " + e.getMessage(), e);
  }

  @Override
  public synchronized void forEach(Visitor visitor) {
    while (runs.size() > MOST) {
      List<Path> first = List.copyOf(runs.subList(0, MOST));
      Path merged = write(to -> merge(first, to));
      first.forEach(PieceRuns::delete);
      runs.subList(0, MOST).clear();
      runs.add(merged);
    }
    merge(runs, visitor);
  }

  private static void merge(List<Path> runs, Visitor visitor) {
    List<Reader> readers = new ArrayList<>();
    try {
      PriorityQueue<Reader> heads = new PriorityQueue<>(Comparator.comparing(Reader::piece));
      for (Path run : runs) {
        Reader reader = new Reader(run);
        readers.add(reader);
        if (reader.next()) {
          heads.add(reader);
        }
      }
      while (!heads.isEmpty()) {
        String piece = heads.element().piece;
        long count = 0;
        for (Reader head = heads.peek(); head != null && head.piece.equals(piece); head = heads.peek()) {
          heads.remove();
          count += head.count;
          if (head.next()) {
            heads.add(head);
          }
        }
        visitor.visit(piece, count);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("what did not fit into memory cannot be read again", e);
    } finally {
      readers.forEach(Reader::close);
    }
  }

  /// Removes the files.
  @Override
  public synchronized void close() {
    runs.forEach(PieceRuns::delete);
    runs.clear();
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Writer implements AutoCloseable {
    private final DataOutputStream out;

    Writer(Path file) throws IOException {
      out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER));
    }

    void write(String piece, long count) {
      try {
        out.writeInt(piece.length());
        for (int i = 0; i < piece.length(); i++) {
          out.writeChar(piece.charAt(i));
        }
        out.writeLong(count);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      out.writeInt(END);
      out.close();
    }
  }

  private static final class Reader {
    private final DataInputStream in;
    private String piece = "";
    private long count;

    Reader(Path file) throws IOException {
      in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
    }

    String piece() {
      return piece;
    }

    boolean next() throws IOException {
      int length = in.readInt();
      if (length == END) {
        return false;
      }
      byte[] bytes = in.readNBytes(length * Character.BYTES);
      char[] chars = new char[length];
      for (int i = 0; i < length; i++) {
        chars[i] = (char) (((bytes[2 * i] & 0xFF) << 8) | (bytes[2 * i + 1] & 0xFF));
      }
      piece = new String(chars);
      count = in.readLong();
      return true;
    }

    void close() {
      try {
        in.close();
      } catch (IOException e) {
        // It was only read.
        return;
      }
    }
  }
}
