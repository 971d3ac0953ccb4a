package dev.athanor.data.toxicity;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// Reads word lists. A line is a phrase; `phrase ~ a | b` one that counts only near a or b; `phrase*` one that goes on in more
/// letters; `! phrase` a benign one, inside which nothing counts; `[category]` begins another category; `#` a comment.
final class WordLists {
  private static final List<String> OWN = List.of("en.txt", "zh.txt");

  private WordLists() {}

  /// The lists that come with the program.
  static List<Term> own() {
    List<Term> terms = new ArrayList<>();
    for (String name : OWN) {
      try (InputStream in = Objects.requireNonNull(WordLists.class.getResourceAsStream(name), name)) {
        read(new String(in.readAllBytes(), StandardCharsets.UTF_8), name, terms);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + name, e);
      }
    }
    return terms;
  }

  /// A user's list.
  ///
  /// @throws UserException naming file and line
  static List<Term> read(Path file) {
    List<Term> terms = new ArrayList<>();
    try {
      read(Files.readString(file), file.toString(), terms);
    } catch (NoSuchFileException e) {
      throw new UserException("no such file: " + file, e);
    } catch (CharacterCodingException e) {
      throw new UserException(file + ": is not UTF-8", e);
    } catch (IOException e) {
      throw new UserException("cannot read " + file + ": " + e.getMessage(), e);
    }
    return terms;
  }

  private static void read(String text, String where, List<Term> terms) {
    Map<String, Category> categories = new HashMap<>();
    Arrays.stream(Category.values()).forEach(category -> categories.put(category.text(), category));
    Category category = null;
    int number = 0;
    for (String line : text.lines().map(String::strip).toList()) {
      number++;
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String place = where + ":" + number + ": ";
      if (line.startsWith("[")) {
        category = categories.get(line.replaceAll("[\\[\\]]", "").strip().toLowerCase(Locale.ROOT));
        if (category == null) {
          throw new UserException(place + "there is no category " + line + "; there are " + String.join(", ", categories.keySet().stream().sorted().toList()));
        }
      } else if (line.startsWith("!")) {
        terms.add(new Term(phrase(line.substring(1), place), null, false, List.of()));
      } else if (category == null) {
        throw new UserException(place + "'" + line + "' stands before the first [category]");
      } else {
        terms.add(term(line, category, place));
      }
    }
  }

  private static Term term(String line, Category category, String place) {
    int tilde = line.indexOf('~');
    String head = (tilde < 0 ? line : line.substring(0, tilde)).strip();
    List<String> contexts = new ArrayList<>();
    if (tilde >= 0) {
      for (String context : line.substring(tilde + 1).split("\\|", -1)) {
        contexts.add(phrase(context, place));
      }
    }
    boolean open = head.endsWith("*");
    return new Term(phrase(open ? head.substring(0, head.length() - 1) : head, place), category, open, contexts);
  }

  private static String phrase(String raw, String place) {
    String phrase = PlainText.of(raw.strip()).text();
    if (phrase.isBlank()) {
      throw new UserException(place + "a phrase is missing");
    }
    return phrase;
  }
}
