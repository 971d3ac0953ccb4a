package dev.athanor.cli.quantize;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.source.Extracted;
import dev.athanor.data.source.JsonlSource;
import dev.athanor.data.source.SourceContext;
import dev.athanor.data.source.SourceReader;
import dev.athanor.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Token ids of texts, each behind the token that ends a text.
///
/// @param what they are, for people
public record Texts(String what, List<int[]> ids) {
  public Texts {
    ids = List.copyOf(ids);
  }

  public static final Texts NONE = new Texts("", List.of());

  public long tokens() {
    return ids.stream().mapToLong(text -> text.length - 1).sum();
  }

  /// Reads a file: JSON lines with a `text` each (`.jsonl`, `.jsonl.gz`), or one text.
  ///
  /// @param option for messages
  /// @param longest of a text; what is longer is cut into several
  /// @param most tokens in all
  /// @throws UserException when there is no such file, or no text in it
  public static Texts read(String option, Path file, Tokenizer tokenizer, int longest, long most) {
    if (!Files.isRegularFile(file)) {
      throw new UserException("%s: no such file: %s".formatted(option, file));
    }
    List<int[]> ids = new ArrayList<>();
    long left = most;
    for (String text : texts(file)) {
      int[] tokens = tokenizer.encode(text);
      for (int from = 0; from < tokens.length && left > 0; from += longest - 1) {
        int count = (int) Math.min(left, Math.min(longest - 1, tokens.length - from));
        int[] part = new int[count + 1];
        part[0] = tokenizer.endOfText();
        System.arraycopy(tokens, from, part, 1, count);
        ids.add(part);
        left -= count;
      }
    }
    if (ids.isEmpty()) {
      throw new UserException("%s: %s holds no text".formatted(option, file));
    }
    return new Texts(file.toString(), ids);
  }

  private static List<String> texts(Path file) {
    String name = String.valueOf(file.getFileName());
    List<String> texts = new ArrayList<>();
    if (name.endsWith(".jsonl") || name.endsWith(".jsonl.gz")) {
      Path folder = Path.of("").toAbsolutePath();
      SourceReader.read(
          new JsonlSource(List.of(file.toString()), null),
          SourceContext.of(folder, Progress.silent()),
          extracted -> {
            switch (extracted) {
              case Extracted.Text(var document) -> texts.add(document.text());
              case Extracted.SetAside aside -> refuse(aside);
            }
          });
      return texts;
    }
    try {
      texts.add(Files.readString(file));
    } catch (CharacterCodingException e) {
      throw new UserException(file + " is not UTF-8", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
    return texts;
  }

  /// What is measured or calibrated on is read whole or not at all; only blank lines are passed over.
  private static void refuse(Extracted.SetAside aside) {
    if (!aside.reason().equals("blank line")) {
      throw new UserException("%s: %s: %s".formatted(aside.place(), aside.reason(), aside.detail()));
    }
  }

  /// The same, called otherwise.
  public Texts named(String other) {
    return new Texts(other, ids);
  }
}
