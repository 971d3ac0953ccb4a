package dev.athanor.cli.tokenizer;

import dev.athanor.base.UserException;
import dev.athanor.data.source.CorpusFiles;
import dev.athanor.tokenizer.KindCounts;
import dev.athanor.tokenizer.Letters;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A corpus whose texts are of several kinds: of a pattern written `name=files` all are of that kind. Of others a file is code by its
/// extension, and any other text, a line of JSON or a part of some 65,000 characters of a plain file, is Chinese where three tenths of
/// its letters are.
///
/// @param parts in the order of the command line; what has no name is together, at the end
public record CorpusKinds(List<Part> parts) {
  public static final String CHINESE = "zh";
  public static final String CODE = "code";
  public static final String OTHER = "other";

  private static final Pattern NAMED = Pattern.compile("([\\p{L}\\p{N}_-]+)=(.+)", Pattern.DOTALL);
  private static final Pattern CODE_FILE =
      Pattern.compile(
          ".*\\.(java|kt|scala|groovy|py|js|jsx|ts|tsx|c|h|cc|cpp|cxx|hpp|cs|go|rs|rb|php|swift|m|sh|bash|pl|lua|r|sql|html|css|xml|ya?ml)(\\.gz)?");
  private static final double CHINESE_SHARE = 0.3;

  /// @param name of all its texts; empty where each text's is found out
  public record Part(Optional<String> name, CorpusFiles files) {}

  public CorpusKinds {
    parts = List.copyOf(parts);
  }

  /// @param patterns files, folders or globs, with or without a name
  /// @throws UserException naming every pattern that finds nothing
  public static CorpusKinds find(List<String> patterns, String textKey) {
    Map<String, List<String>> named = new LinkedHashMap<>();
    List<String> others = new ArrayList<>();
    for (String pattern : patterns) {
      Matcher matcher = NAMED.matcher(pattern);
      if (matcher.matches() && !exists(pattern)) {
        named.computeIfAbsent(matcher.group(1), _ -> new ArrayList<>()).add(matcher.group(2));
      } else {
        others.add(pattern);
      }
    }
    List<Part> parts = new ArrayList<>();
    named.forEach((name, files) -> parts.add(new Part(Optional.of(name), CorpusFiles.find(files, Path.of(""), textKey))));
    if (!others.isEmpty()) {
      parts.add(new Part(Optional.empty(), CorpusFiles.find(others, Path.of(""), textKey)));
    }
    return new CorpusKinds(parts);
  }

  private static boolean exists(String pattern) {
    try {
      return Files.exists(Path.of(pattern));
    } catch (InvalidPathException _) {
      return false;
    }
  }

  public int files() {
    return parts.stream().mapToInt(part -> part.files.files().size()).sum();
  }

  /// Reads from the beginning; closing it closes the file that is open.
  public Texts read() {
    return new Texts(parts.iterator());
  }

  /// The texts with their kinds. Not for several threads.
  public static final class Texts implements Iterator<KindCounts.Text>, AutoCloseable {
    private final Iterator<Part> parts;
    private @Nullable String name;
    private CorpusFiles.@Nullable Texts open;

    private Texts(Iterator<Part> parts) {
      this.parts = parts;
    }

    @Override
    public boolean hasNext() {
      CorpusFiles.Texts texts = open;
      while (texts == null || !texts.hasNext()) {
        close();
        if (!parts.hasNext()) {
          return false;
        }
        Part part = parts.next();
        name = part.name.orElse(null);
        texts = part.files.read();
        open = texts;
      }
      return true;
    }

    @Override
    public KindCounts.Text next() {
      boolean more = hasNext();
      CorpusFiles.Texts texts = open;
      if (!more || texts == null) {
        throw new NoSuchElementException("the corpus has no further text");
      }
      String text = texts.next();
      String kind = name;
      return new KindCounts.Text(kind == null ? kind(texts.file(), text) : kind, text);
    }

    @Override
    public void close() {
      CorpusFiles.Texts texts = open;
      open = null;
      if (texts != null) {
        texts.close();
      }
    }
  }

  static String kind(Path file, String text) {
    if (CODE_FILE.matcher(String.valueOf(file.getFileName())).matches()) {
      return CODE;
    }
    long letters = text.codePoints().filter(Character::isLetter).count();
    long chinese = text.codePoints().filter(Letters::isHan).count();
    return letters > 0 && chinese >= CHINESE_SHARE * letters ? CHINESE : OTHER;
  }
}
