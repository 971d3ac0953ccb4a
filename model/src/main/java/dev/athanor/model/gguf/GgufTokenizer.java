package dev.athanor.model.gguf;

import dev.athanor.base.UserException;
import dev.athanor.model.SpecialTokens;
import dev.athanor.tokenizer.AddedToken;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.BpeVocabulary;
import dev.athanor.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.IntStream;

/// The tokenizer in a GGUF file's metadata, the keys `tokenizer.*`: byte-level BPE, which GGUF calls "gpt2"; others are a
/// [GgufVocabulary].
public final class GgufTokenizer {
  private static final String MODEL = "tokenizer.ggml.model";
  private static final String PRE = "tokenizer.ggml.pre";
  private static final String TOKENS = "tokenizer.ggml.tokens";
  private static final String TOKEN_TYPE = "tokenizer.ggml.token_type";
  private static final String MERGES = "tokenizer.ggml.merges";
  private static final String BOS = "tokenizer.ggml.bos_token_id";
  private static final String EOS = "tokenizer.ggml.eos_token_id";
  /// Where several ids end what a model writes: the end of a document, of a turn, of a message.
  private static final List<String> ENDS = List.of(EOS, "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id");
  private static final String PAD = "tokenizer.ggml.padding_token_id";
  private static final String ADD_BOS = "tokenizer.ggml.add_bos_token";
  private static final String ADD_PREFIX_SPACE = "tokenizer.ggml.add_space_prefix";
  private static final String CHAT_TEMPLATE = "tokenizer.chat_template";
  /// Ours: whether text is composed first. Others pass it over.
  private static final String NFC = "athanor.tokenizer.nfc";

  private static final String NO_VOCABULARY = "no_vocab";
  private static final int MAX_TOKENS = 1 << 22;

  // llama_token_type
  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int UNUSED = 5;

  private final GgufFile file;

  private GgufTokenizer(GgufFile file) {
    this.file = file;
  }

  /// Whether the file says that it holds one, of whatever kind.
  static boolean isIn(GgufFile file) {
    return file.text(MODEL).filter(model -> !model.equals(NO_VOCABULARY)).isPresent();
  }

  /// Of whatever kind.
  ///
  /// @throws UserException when the file holds none, or one that is damaged or not supported; names the key
  public static Tokenizer open(GgufFile file) {
    String model = file.text(MODEL).orElseThrow(() -> file.missing(MODEL));
    return switch (model) {
      case "gpt2" -> read(file);
      case GgufVocabulary.LLAMA, GgufVocabulary.T5, GgufVocabulary.BERT -> new GgufVocabulary(file).open(model);
      default ->
          throw new UserException(
              "%s: '%s' is '%s', which is not supported; supported: gpt2, llama, t5, bert".formatted(file.path(), MODEL, model));
    };
  }

  /// Byte-level BPE alone.
  ///
  /// @throws UserException when the file holds none, or one that is damaged or not supported; names the key
  public static BpeTokenizer read(GgufFile file) {
    return new GgufTokenizer(file).tokenizer();
  }

  /// The ids that begin and end what the file's model writes.
  public static SpecialTokens special(GgufFile file) {
    GgufTokenizer tokenizer = new GgufTokenizer(file);
    List<Integer> ends = ENDS.stream().flatMapToInt(key -> tokenizer.id(key).stream()).distinct().boxed().toList();
    return new SpecialTokens(tokenizer.id(BOS), ends);
  }

  private BpeTokenizer tokenizer() {
    String model = file.text(MODEL).orElseThrow(() -> file.missing(MODEL));
    if (!model.equals("gpt2")) {
      throw bad("'%s' is '%s', which is not supported; supported: 'gpt2', byte-level BPE".formatted(MODEL, model));
    }
    List<String> tokens = texts(TOKENS);
    if (tokens.size() > MAX_TOKENS) {
      throw bad("'%s' holds %d tokens; at most %d are supported".formatted(TOKENS, tokens.size(), MAX_TOKENS));
    }
    GgufPreTokenizer pre = preTokenizer();
    BpeVocabulary.Roles roles = roles(pre);
    long[] types = types(tokens.size(), roles);
    List<AddedToken> added = added(tokens, types);
    for (int id = 0; id < types.length; id++) {
      if (types[id] == UNUSED) {
        tokens.set(id, "");
      }
    }
    boolean nfc = file.flag(NFC).orElse(pre.nfc());
    boolean prefixSpace = pre.knowsPrefixSpace() && file.flag(ADD_PREFIX_SPACE).orElse(false);
    var rules = new BpeVocabulary.Rules(pre.preTokenizer(), prefixSpace, nfc, pre.ignoresMerges());
    try {
      return BpeTokenizer.of(
          new BpeVocabulary(tokens, texts(MERGES), added, rules, roles, file.text(CHAT_TEMPLATE)));
    } catch (IllegalArgumentException e) {
      throw new UserException(file.path() + ": its tokenizer: " + e.getMessage(), e);
    }
  }

  private GgufPreTokenizer preTokenizer() {
    String name = file.text(PRE).orElse("default");
    return GgufPreTokenizer.named(name)
        .orElseThrow(
            () ->
                bad(
                    "'%s' is '%s', which is not supported; supported: %s"
                        .formatted(PRE, name, String.join(", ", GgufPreTokenizer.allNames()))));
  }

  private BpeVocabulary.Roles roles(GgufPreTokenizer pre) {
    OptionalInt bos = id(BOS);
    boolean addsBos = file.flag(ADD_BOS).orElse(pre.addsBos() && bos.isPresent());
    if (addsBos && bos.isEmpty()) {
      throw bad("'%s' is true, but '%s' is missing".formatted(ADD_BOS, BOS));
    }
    return new BpeVocabulary.Roles(bos, addsBos, id(EOS).orElseThrow(() -> file.missing(EOS)), id(PAD));
  }

  /// The kind of each token. One with a role is never text, whatever its kind says: old files say that all are.
  private long[] types(int size, BpeVocabulary.Roles roles) {
    long[] types =
        file.array(TOKEN_TYPE)
            .map(array -> integers(TOKEN_TYPE, array))
            .orElseGet(
                () -> {
                  long[] normal = new long[size];
                  Arrays.fill(normal, NORMAL);
                  return normal;
                });
    if (types.length != size) {
      throw bad("'%s' holds %d types for %d tokens".formatted(TOKEN_TYPE, types.length, size));
    }
    IntStream.concat(IntStream.of(roles.eos()), IntStream.concat(roles.bos().stream(), roles.pad().stream()))
        .filter(id -> id < size && types[id] != USER_DEFINED)
        .forEach(id -> types[id] = CONTROL);
    return types;
  }

  private List<AddedToken> added(List<String> tokens, long[] types) {
    List<AddedToken> added = new ArrayList<>();
    for (int id = 0; id < types.length; id++) {
      int type = (int) types[id];
      switch (type) {
        case NORMAL, UNUSED -> {}
        case CONTROL, UNKNOWN -> added.add(AddedToken.special(id, name(tokens, id)));
        case USER_DEFINED -> added.add(new AddedToken(id, name(tokens, id), false, false, false, false));
        default ->
            throw bad(
                "token %d '%s' has the type %d in '%s'; byte-level BPE has 1 to 5"
                    .formatted(id, tokens.get(id), types[id], TOKEN_TYPE));
      }
    }
    return added;
  }

  private String name(List<String> tokens, int id) {
    if (tokens.get(id).isEmpty()) {
      throw bad("token %d in '%s' is empty, but '%s' does not call it unused".formatted(id, TOKENS, TOKEN_TYPE));
    }
    return tokens.get(id);
  }

  private List<String> texts(String key) {
    GgufArray array = file.array(key).orElseThrow(() -> file.missing(key));
    if (array.elements() != GgufValue.Kind.TEXT) {
      throw bad("'%s' is %s; it should be texts".formatted(key, array));
    }
    return array.texts();
  }

  private long[] integers(String key, GgufArray array) {
    if (!array.elements().isInteger()) {
      throw bad("'%s' is %s; it should be whole numbers".formatted(key, array));
    }
    return array.integers();
  }

  /// An id that is a token's.
  private OptionalInt id(String key) {
    OptionalLong id = file.integer(key);
    if (id.isEmpty()) {
      return OptionalInt.empty();
    }
    int size = file.array(TOKENS).map(GgufArray::size).orElse(Integer.MAX_VALUE);
    if (id.getAsLong() < 0 || id.getAsLong() >= size) {
      throw bad("'%s' is %d, but there are %d tokens".formatted(key, id.getAsLong(), size));
    }
    return OptionalInt.of((int) id.getAsLong());
  }

  private UserException bad(String problem) {
    return new UserException(file.path() + ": " + problem);
  }

  /// The keys that a file states a tokenizer with.
  ///
  /// @throws UserException when GGUF cannot state it
  public static SequencedMap<String, GgufValue> metadata(BpeTokenizer tokenizer) {
    return metadata(tokenizer, SpecialTokens.NONE, tokenizer.vocabSize());
  }

  /// @param special of the model, which the tokenizer's own goes before
  /// @param vocabSize of the model, which may have more ids than its tokenizer
  /// @throws UserException when GGUF cannot state the tokenizer
  static SequencedMap<String, GgufValue> metadata(Tokenizer any, SpecialTokens special, int vocabSize) {
    if (!(any instanceof BpeTokenizer tokenizer)) {
      throw new UserException("only byte-level BPE is written into GGUF; leave the tokenizer out (--without-tokenizer)");
    }
    if (tokenizer.vocabSize() > vocabSize) {
      throw new UserException(
          "the tokenizer has %d tokens, the model embeds %d".formatted(tokenizer.vocabSize(), vocabSize));
    }
    BpeVocabulary vocabulary = tokenizer.vocabulary();
    BpeVocabulary.Rules rules = vocabulary.rules();
    GgufPreTokenizer pre =
        GgufPreTokenizer.of(rules.preTokenizer(), rules.ignoreMerges())
            .orElseThrow(
                () ->
                    new UserException(
                        "GGUF has no name for how this tokenizer cuts text: it is "
                            + rules.preTokenizer()
                            + (rules.ignoreMerges() ? ", ignoring merges" : "")));
    SequencedMap<String, GgufValue> metadata = new LinkedHashMap<>();
    metadata.put(MODEL, GgufValue.of("gpt2"));
    metadata.put(PRE, GgufValue.of(pre.label()));
    addTokens(metadata, vocabulary, vocabSize);
    metadata.put(MERGES, GgufArray.ofTexts(vocabulary.merges()));
    BpeVocabulary.Roles roles = vocabulary.roles();
    putSpecial(metadata, roles.bos().isPresent() ? roles.bos() : special.bos(), ends(roles.eos(), special));
    roles.pad().ifPresent(id -> metadata.put(PAD, GgufValue.u32(id)));
    metadata.put(ADD_BOS, GgufValue.of(roles.addsBos()));
    metadata.put(ADD_PREFIX_SPACE, GgufValue.of(rules.addPrefixSpace()));
    metadata.put(NFC, GgufValue.of(rules.nfc()));
    vocabulary.chatTemplate().ifPresent(jinja -> metadata.put(CHAT_TEMPLATE, GgufValue.of(jinja)));
    return metadata;
  }

  /// The keys of a file without a tokenizer.
  static SequencedMap<String, GgufValue> none(SpecialTokens special) {
    SequencedMap<String, GgufValue> metadata = new LinkedHashMap<>();
    metadata.put(MODEL, GgufValue.of(NO_VOCABULARY));
    putSpecial(metadata, special.bos(), special.eos());
    return metadata;
  }

  private static List<Integer> ends(int first, SpecialTokens special) {
    IntStream others = special.eos().stream().mapToInt(Integer::intValue);
    return IntStream.concat(IntStream.of(first), others).distinct().boxed().toList();
  }

  private static void putSpecial(Map<String, GgufValue> metadata, OptionalInt bos, List<Integer> ends) {
    bos.ifPresent(id -> metadata.put(BOS, GgufValue.u32(id)));
    for (int i = 0; i < ends.size(); i++) {
      if (i == ENDS.size()) {
        throw new UserException("GGUF has keys for " + ENDS.size() + " ids that end what a model writes; there are " + ends);
      }
      metadata.put(ENDS.get(i), GgufValue.u32(ends.get(i)));
    }
  }

  private static void addTokens(Map<String, GgufValue> metadata, BpeVocabulary vocabulary, int vocabSize) {
    List<String> tokens = new ArrayList<>(vocabulary.tokens());
    tokens.addAll(Collections.nCopies(vocabSize - tokens.size(), ""));
    int[] types = new int[tokens.size()];
    Arrays.fill(types, NORMAL);
    for (AddedToken token : vocabulary.addedTokens()) {
      if (token.lstrip() || token.rstrip()) {
        throw new UserException(
            "the token '%s' takes the white space beside it, which GGUF cannot state".formatted(token.content()));
      }
      types[token.id()] = token.special() ? CONTROL : USER_DEFINED;
    }
    for (int id = 0; id < types.length; id++) {
      if (tokens.get(id).isEmpty()) {
        tokens.set(id, "[PAD" + id + "]");
        types[id] = UNUSED;
      }
    }
    if (Set.copyOf(tokens).size() < tokens.size()) {
      throw new UserException("two tokens of this tokenizer have the same text, which GGUF cannot state");
    }
    metadata.put(TOKENS, GgufArray.ofTexts(tokens));
    metadata.put(TOKEN_TYPE, GgufArray.ofI32(types));
  }
}
