package dev.athanor.data.pairs;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import tools.jackson.core.JacksonException;

/// Pairs on disk: gzip, one JSON object a line, UTF-8. Equal pairs give equal bytes.
public final class PairFile {
  private PairFile() {}

  public static void write(Path file, Iterable<InstructionPair> pairs) {
    AtomicFile.write(
        file,
        out -> {
          var zip = new GZIPOutputStream(out, 1 << 16);
          for (InstructionPair pair : pairs) {
            zip.write(Json.write(pair).getBytes(StandardCharsets.UTF_8));
            zip.write('\n');
          }
          zip.finish();
        });
  }

  /// @throws UserException when the file is missing, cut off or holds a line that is no pair; names the file and line
  public static List<InstructionPair> read(Path file) {
    List<InstructionPair> pairs = new ArrayList<>();
    try (var reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file), 1 << 16), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        pairs.add(pair(file, pairs.size() + 1, line));
      }
    } catch (NoSuchFileException e) {
      throw new UserException("no such file of instruction pairs: " + file, e);
    } catch (IOException e) {
      throw new UserException("cannot read the instruction pairs in " + file + ": " + e.getMessage(), e);
    }
    return pairs;
  }

  private static InstructionPair pair(Path file, int line, String json) {
    try {
      return Json.read(json, InstructionPair.class);
    } catch (JacksonException e) {
      throw new UserException(file + ":" + line + ": not an instruction pair: " + e.getOriginalMessage(), e);
    }
  }
}
