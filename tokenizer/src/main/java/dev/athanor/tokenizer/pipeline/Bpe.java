package dev.athanor.tokenizer.pipeline;

import dev.athanor.base.UserException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Byte-pair encoding over characters (Sennrich et al. 2016, arXiv:1508.07909), in all the published variants: a prefix for
/// characters that do not begin a piece, a suffix for the one that ends it, bytes or an unknown token for characters that the
/// vocabulary lacks. A character that has none of these is dropped, as in the published library.
final class Bpe implements Model {
  private final Vocabulary vocabulary;
  private final MergeTable merges;
  private final Map<Integer, Integer> characters = new HashMap<>();
  private final int[] byteIds;
  private final boolean byteFallback;
  private final String file;
  private final String unknownName;
  private final int unknown;
  private final boolean fuseUnknown;
  private final String prefix;
  private final String suffix;
  private final boolean ignoreMerges;

  Bpe(Place place) {
    Place dropout = place.at("dropout");
    if (!dropout.isUnset() && !(dropout.node().isNumber() && dropout.node().doubleValue() == 0)) {
      throw dropout.bad("merges left out at random are not supported; supported: null");
    }
    vocabulary = Vocabulary.at(place.at("vocab"));
    unknownName = place.at("unk_token").optionalText().orElse("");
    unknown = unknownName.isEmpty() ? -1 : vocabulary.id(unknownName);
    file = place.file();
    fuseUnknown = place.flag("fuse_unk", false);
    byteFallback = place.flag("byte_fallback", false);
    ignoreMerges = place.flag("ignore_merges", false);
    prefix = affix(place.at("continuing_subword_prefix"));
    suffix = affix(place.at("end_of_word_suffix"));
    byteIds = vocabulary.byteIds();
    List<Place> listed = place.at("merges").items();
    merges = new MergeTable(listed.size());
    for (int rank = 0; rank < listed.size(); rank++) {
      addMerge(listed.get(rank), rank);
    }
    for (int id = 0; id < vocabulary.size(); id++) {
      String token = vocabulary.token(id);
      if (token != null && !token.isEmpty() && token.codePointCount(0, token.length()) == 1) {
        characters.put(token.codePointAt(0), id);
      }
    }
  }

  private static String affix(Place place) {
    Optional<String> text = place.optionalText();
    return text.orElse("");
  }

  /// Newer files list pairs, older ones "left right".
  private void addMerge(Place place, int rank) {
    String left;
    String right;
    if (place.node().isArray()) {
      List<Place> pair = place.items();
      if (pair.size() != 2) {
        throw place.bad("is not a pair: " + place.node());
      }
      left = pair.get(0).text();
      right = pair.get(1).text();
    } else {
      String text = place.text();
      int space = text.indexOf(' ');
      if (space < 0) {
        throw place.bad("'" + text + "' is not \"left right\"");
      }
      left = text.substring(0, space);
      right = text.substring(space + 1);
    }
    int leftId = known(place, left);
    int rightId = known(place, right);
    String whole = left + (right.length() >= prefix.length() ? right.substring(prefix.length()) : "");
    merges.put(leftId, rightId, rank, known(place, whole));
  }

  private int known(Place place, String token) {
    int id = vocabulary.id(token);
    if (id < 0) {
      throw place.bad("'" + token + "' is no token of model.vocab");
    }
    return id;
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public void encode(String piece, Sink sink) {
    if (ignoreMerges) {
      int whole = vocabulary.id(piece);
      if (whole >= 0) {
        sink.token(whole, 0, piece.length());
        return;
      }
    }
    Symbols symbols = new Symbols(piece.length());
    int unknownFrom = -1;
    int unknownTo = -1;
    for (int at = 0; at < piece.length(); ) {
      int end = at + Text.width(piece, at);
      int id = character(piece, at, end);
      if (id >= 0) {
        if (unknownFrom >= 0) {
          symbols.add(unknown, unknownFrom, unknownTo);
          unknownFrom = -1;
        }
        symbols.add(id, at, end);
      } else if (!addBytes(piece, at, end, symbols) && hasUnknown()) {
        if (unknownFrom >= 0 && !fuseUnknown) {
          symbols.add(unknown, unknownFrom, unknownTo);
          unknownFrom = -1;
        }
        unknownFrom = unknownFrom < 0 ? at : unknownFrom;
        unknownTo = end;
      }
      at = end;
    }
    if (unknownFrom >= 0) {
      symbols.add(unknown, unknownFrom, unknownTo);
    }
    symbols.merge(merges);
    symbols.giveTo(sink);
  }

  private boolean hasUnknown() {
    if (unknown < 0 && !unknownName.isEmpty()) {
      throw new UserException(file + ": model.unk_token: '" + unknownName + "' is no token of model.vocab, and the text needs it");
    }
    return unknown >= 0;
  }

  private int character(String piece, int at, int end) {
    boolean prefixed = at > 0 && !prefix.isEmpty();
    boolean suffixed = end == piece.length() && !suffix.isEmpty();
    if (!prefixed && !suffixed) {
      return characters.getOrDefault(piece.codePointAt(at), -1);
    }
    return vocabulary.id(written(piece, at, end));
  }

  private String written(String piece, int at, int end) {
    String character = piece.substring(at, end);
    return (at > 0 ? prefix : "") + character + (end == piece.length() ? suffix : "");
  }

  /// The bytes of a character, each standing for all of it; false where one of them is no token.
  private boolean addBytes(String piece, int at, int end, Symbols symbols) {
    if (!byteFallback) {
      return false;
    }
    byte[] bytes = written(piece, at, end).getBytes(StandardCharsets.UTF_8);
    for (byte b : bytes) {
      if (byteIds[b & 0xFF] < 0) {
        return false;
      }
    }
    for (byte b : bytes) {
      symbols.add(byteIds[b & 0xFF], at, end);
    }
    return true;
  }
}
