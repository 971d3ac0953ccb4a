package dev.athanor.tokenizer.pipeline;

import dev.athanor.base.UserException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A whole `tokenizer.json` as it runs, what its post-processor puts around texts apart. Thread-safe.
public final class Pipeline {
  /// Takes tokens with the stretch of the original text that each stands for, in UTF-16 indices.
  @FunctionalInterface
  public interface Sink {
    void token(int id, int start, int end);
  }

  private final Place root;
  private final String file;
  private final Normalizer normalizer;
  private final PreTokenizer preTokenizer;
  private final Model model;
  private final List<Decoder> decoders;
  private final boolean bytesDecoded;
  private final boolean bytesFallBack;
  private final boolean placed;
  private final List<AddedName> added;
  private final AddedNames raw;
  private final AddedNames normalized;
  private final @Nullable String[] tokens;
  private final @Nullable String[] decoded;
  private final boolean[] special;
  private final boolean[] isAdded;
  private final IdCache cache = new IdCache();

  /// @param where the file's name, for complaints
  /// @throws UserException for what is damaged or not supported, naming file and place
  public Pipeline(ObjectNode json, String where) {
    root = Place.root(json, where);
    file = where;
    normalizer = Normalizers.read(root.at("normalizer"));
    preTokenizer = PreTokenizers.read(root.at("pre_tokenizer"));
    model = model(root.at("model"));
    decoders = Decoders.read(root.at("decoder"));
    bytesDecoded = has(root.at("decoder"), "ByteLevel");
    bytesFallBack = has(root.at("decoder"), "ByteFallback");
    placed = json.path("pre_tokenizer").toString().contains("\"first\"");
    added = root.at("added_tokens").isUnset() ? List.of() : root.at("added_tokens").items().stream().map(AddedName::at).toList();
    int size = added.stream().mapToInt(token -> token.id() + 1).reduce(model.vocabulary().size(), Math::max);
    tokens = new String[size];
    decoded = new String[size];
    special = new boolean[size];
    isAdded = new boolean[size];
    for (int id = 0; id < size; id++) {
      tokens[id] = model.vocabulary().token(id);
      decoded[id] = tokens[id];
    }
    List<AddedName> inRaw = new ArrayList<>();
    List<AddedName> inNormalized = new ArrayList<>();
    for (int i = 0; i < added.size(); i++) {
      AddedName token = added.get(i);
      int own = model.vocabulary().id(token.content());
      if (own >= 0 && own != token.id()) {
        throw root.at("added_tokens").items().get(i).bad(
            "'" + token.content() + "' has the id " + token.id() + " here and " + own + " in model.vocab");
      }
      String name = token.normalized() ? normalize(token.content()) : token.content();
      tokens[token.id()] = token.content();
      decoded[token.id()] = name;
      special[token.id()] = token.special();
      isAdded[token.id()] = true;
      (token.normalized() ? inNormalized : inRaw)
          .add(new AddedName(token.id(), name, token.singleWord(), token.lstrip(), token.rstrip(), token.normalized(), token.special()));
    }
    raw = new AddedNames(inRaw);
    normalized = new AddedNames(inNormalized);
  }

  private Pipeline(Pipeline other, Normalizer normalizer, PreTokenizer preTokenizer) {
    this.normalizer = normalizer;
    this.preTokenizer = preTokenizer;
    root = other.root;
    file = other.file;
    model = other.model;
    decoders = other.decoders;
    bytesDecoded = other.bytesDecoded;
    bytesFallBack = other.bytesFallBack;
    placed = other.placed;
    added = other.added;
    tokens = other.tokens;
    decoded = other.decoded;
    special = other.special;
    isAdded = other.isAdded;
    raw = other.raw;
    normalized = other.normalized;
  }

  /// The same for texts that go on from something else.
  public Pipeline after(Continuation continuation) {
    Place normalizing = root.at("normalizer");
    Place cutting = root.at("pre_tokenizer");
    return new Pipeline(
        this,
        Normalizers.read(new Place(continuation.of(normalizing.node()), file, normalizing.path())),
        PreTokenizers.read(new Place(continuation.of(cutting.node()), file, cutting.path())));
  }

  private static Model model(Place place) {
    if (!place.node().isObject()) {
      throw place.bad("is missing; it is an object with a type and a vocab");
    }
    String type = place.at("type").isUnset() ? guessed(place) : place.type();
    return switch (type) {
      case "BPE" -> new Bpe(place);
      case "Unigram" -> new Unigram(place);
      case "WordPiece" -> new WordPiece(place);
      case "WordLevel" -> new WordLevel(place);
      default -> throw place.unsupported("BPE, Unigram, WordPiece, WordLevel");
    };
  }

  /// Files of before models had types.
  private static String guessed(Place place) {
    if (!place.at("merges").isUnset()) {
      return "BPE";
    }
    if (place.at("vocab").node().isArray()) {
      return "Unigram";
    }
    return place.at("continuing_subword_prefix").isUnset() ? "WordLevel" : "WordPiece";
  }

  private static boolean has(Place decoder, String type) {
    return decoder.node().toString().contains("\"type\":\"" + type + "\"");
  }

  private String normalize(String text) {
    Text whole = Text.of(text, false, false);
    normalizer.normalize(whole);
    return whole.string();
  }

  public int vocabSize() {
    return tokens.length;
  }

  public List<AddedName> addedNames() {
    return added;
  }

  public int[] encode(String text, Names names) {
    Ids ids = new Ids(text.length() / 3 + 8);
    run(
        Text.of(text, false, placed),
        names,
        piece -> encode(piece.string(), ids),
        (token, id) -> ids.token(id, 0, 0));
    return ids.toArray();
  }

  private void encode(String piece, Ids ids) {
    int[] known = cache.get(piece);
    if (known == null) {
      if (!IdCache.keeps(piece)) {
        model.encode(piece, ids);
        return;
      }
      Ids own = new Ids(8);
      model.encode(piece, own);
      known = own.toArray();
      cache.put(piece, known);
    }
    for (int id : known) {
      ids.token(id, 0, 0);
    }
  }

  /// The same tokens, each with where it stands in the text.
  public void encode(String text, Names names, Sink sink) {
    run(
        Text.of(text, true, placed),
        names,
        piece -> model.encode(piece.string(), (id, start, end) -> sink.token(id, piece.start(start), piece.end(end))),
        (token, id) -> sink.token(id, token.start(0), token.end(token.string().length())));
  }

  /// What the model is given: the pieces that normalizer and pre-tokenizer leave, and between them the ids of added tokens.
  public void pieces(String text, Names names, Consumer<String> onPiece, IntConsumer onToken) {
    run(Text.of(text, false, placed), names, piece -> onPiece.accept(piece.string()), (_, id) -> onToken.accept(id));
  }

  private void run(Text whole, Names names, Consumer<Text> onPiece, ObjIntConsumer<Text> onToken) {
    raw.split(
        whole,
        names,
        part -> {
          normalizer.normalize(part);
          normalized.split(part, names, plain -> preTokenizer.cut(plain, onPiece), onToken);
        },
        onToken);
  }

  /// A token as the file writes it, or empty where the id stands for nothing.
  ///
  /// @throws UserException for an id that no token can have
  public String token(int id) {
    String token = tokens[checked(id)];
    return token == null ? "" : token;
  }

  /// The id of a token as the file writes it.
  public OptionalInt id(String token) {
    for (AddedName name : added) {
      if (name.content().equals(token)) {
        return OptionalInt.of(name.id());
      }
    }
    int id = model.vocabulary().id(token);
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }

  public boolean isSpecial(int id) {
    return special[checked(id)];
  }

  /// Whether a token can be matched as a whole.
  public boolean isAdded(int id) {
    return isAdded[checked(id)];
  }

  private int checked(int id) {
    if (id < 0 || id >= tokens.length) {
      throw new UserException(file + ": the id " + id + " is no token: there are those from 0 to " + (tokens.length - 1));
    }
    return id;
  }

  /// Begins a text that tokens are decoded to one by one.
  public TokenText begin() {
    Decoding.Collected collected = new Decoding.Collected();
    Decoding first = collected;
    for (int i = decoders.size() - 1; i >= 0; i--) {
      first = decoders.get(i).begin(first);
    }
    return new TokenText(first, collected);
  }

  /// Text that grows by tokens. Not thread-safe.
  public final class TokenText {
    private final Decoding first;
    private final Decoding.Collected collected;

    private TokenText(Decoding first, Decoding.Collected collected) {
      this.first = first;
      this.collected = collected;
    }

    /// What can no longer change after one more token; may be empty.
    ///
    /// @throws UserException for an id that no token can have
    public String push(int id) {
      String token = decoded[checked(id)];
      if (token != null) {
        first.token(token);
      }
      return collected.take();
    }

    /// The rest.
    public String finish() {
      first.finish();
      return collected.take();
    }
  }

  public String decode(int[] ids, boolean skipSpecial) {
    TokenText text = begin();
    StringBuilder out = new StringBuilder(ids.length * 4);
    for (int id : ids) {
      if (!(skipSpecial && isSpecial(id))) {
        out.append(text.push(id));
      }
    }
    return out.append(text.finish()).toString();
  }

  /// What a token adds to a text that goes on before and after it: the bytes of its text, for `<0xE4>` and in a byte-level
  /// vocabulary a part of a character. A special token gives its name's bytes.
  public byte[] bytes(int id) {
    String token = decoded[checked(id)];
    if (token == null) {
      return new byte[0];
    }
    if (special[id]) {
      return token(id).getBytes(StandardCharsets.UTF_8);
    }
    if (bytesDecoded) {
      byte[] bytes = ByteLevel.read(token);
      return bytes == null ? token.getBytes(StandardCharsets.UTF_8) : bytes;
    }
    int value = bytesFallBack ? Decoders.byteOf(token) : -1;
    if (value >= 0) {
      return new byte[] {(byte) value};
    }
    return between(token).getBytes(StandardCharsets.UTF_8);
  }

  /// What a token adds between two others.
  private String between(String token) {
    String without = decode("a", "b");
    String with = decode("a", token, "b");
    return with.substring(1, with.length() - (without.length() - 1));
  }

  private String decode(String... all) {
    Decoding.Collected collected = new Decoding.Collected();
    Decoding first = collected;
    for (int i = decoders.size() - 1; i >= 0; i--) {
      first = decoders.get(i).begin(first);
    }
    for (String token : all) {
      first.token(token);
    }
    first.finish();
    return collected.take();
  }
}
