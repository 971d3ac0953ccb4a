package dev.athanor.tokenizer;

import dev.athanor.tokenizer.pipeline.Names;
import dev.athanor.tokenizer.pipeline.Pipeline;
import dev.athanor.tokenizer.pipeline.Place;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Byte-level BPE (GPT-2, Llama 3, Qwen…). Every text has ids and, without a normalizer, comes back from them unchanged;
/// only half a surrogate pair, which is no Unicode text, comes back as U+FFFD.
///
/// No method adds a beginning-of-sequence token; models that want one find it in [#bosId].
public final class BpeTokenizer implements Tokenizer {
  private final BpeModel model;
  private final TokenizerConfig config;
  private final PieceEncoder pieces;
  private final PieceCache cache = new PieceCache();
  private final byte[][] bytes;
  private final boolean[] special;
  private final Map<String, Integer> ids = new HashMap<>();
  private final AddedTokens rawAdded;
  private final AddedTokens normalizedAdded;
  private final int endOfText;
  private volatile @Nullable ChatTemplate chatTemplate;
  /// The same tokenizer step by step, made when stretches are asked for.
  private volatile @Nullable Traced traced;

  private record Traced(Pipeline pipeline, List<OffsetTrim> trims) {}

  /// @throws IllegalArgumentException where the model contradicts itself
  BpeTokenizer(BpeModel model, TokenizerConfig config) {
    this.model = model;
    this.config = config;
    pieces = new PieceEncoder(model);
    int size = model.addedTokens().stream().mapToInt(t -> t.id() + 1).reduce(model.tokens().length, Math::max);
    bytes = Arrays.copyOf(model.tokens(), size);
    Arrays.fill(bytes, model.tokens().length, size, new byte[0]);
    special = new boolean[size];
    for (AddedToken token : model.addedTokens()) {
      bytes[token.id()] = token.content().getBytes(StandardCharsets.UTF_8);
      special[token.id()] = token.special();
    }
    for (int id = 0; id < size; id++) {
      if (bytes[id].length > 0) {
        ids.putIfAbsent(PieceEncoder.latin1(bytes[id]), id);
      }
    }
    for (AddedToken token : model.addedTokens()) {
      ids.put(PieceEncoder.latin1(bytes[token.id()]), token.id());
    }
    rawAdded = new AddedTokens(model.addedTokens().stream().filter(t -> !t.normalized()).toList());
    normalizedAdded =
        new AddedTokens(
            model.addedTokens().stream()
                .filter(AddedToken::normalized)
                .map(t -> new AddedToken(t.id(), normalize(t.content()), t.lstrip(), t.rstrip(), true, t.special()))
                .toList());
    endOfText =
        id(config.eosToken())
            .orElseThrow(
                () -> new IllegalArgumentException("eos_token '" + config.eosToken() + "' is no token of the vocabulary"));
  }

  /// @throws IllegalArgumentException where the vocabulary contradicts itself
  public static BpeTokenizer of(BpeVocabulary vocabulary) {
    return new BpeTokenizer(vocabulary.model(), vocabulary.config());
  }

  /// All of it, for files that are no `tokenizer.json`.
  public BpeVocabulary vocabulary() {
    return BpeVocabulary.of(this);
  }

  @Override
  public int vocabSize() {
    return bytes.length;
  }

  @Override
  public int[] encode(String text) {
    IntList out = new IntList(text.length() / 3);
    encodePlain(normalize(text), out);
    return out.toArray();
  }

  @Override
  public int[] encodeWithSpecials(String text) {
    IntList out = new IntList(text.length() / 3);
    rawAdded.split(
        text,
        raw -> normalizedAdded.split(normalize(raw), plain -> encodePlain(plain, out), out::add),
        out::add);
    return out.toArray();
  }

  private String prefixed(String normalized) {
    boolean prefix = model.addPrefixSpace() && !normalized.isEmpty() && !normalized.startsWith(" ");
    return prefix ? " " + normalized : normalized;
  }

  /// What is cut into pieces of a plain text.
  String prepared(String text) {
    return prefixed(normalize(text));
  }

  @Override
  public Encoding encodeWithOffsets(String text, boolean specials) {
    Traced steps = traced;
    if (steps == null) {
      steps = trace();
      traced = steps;
    }
    Traced own = steps;
    Encoding encoding = PipelineTokenizer.traced(own.pipeline, text, specials ? Names.ALL : Names.NONE);
    own.trims.forEach(trim -> trim.apply(text, encoding, own.pipeline::token, own.pipeline::isAdded));
    return encoding;
  }

  private int[] encodeStretch(String text, StretchEncoder.Place place) {
    IntList out = new IntList(text.length() / 3);
    encodePlain(normalize(text), place != StretchEncoder.Place.WITHIN, out);
    return out.toArray();
  }

  private Traced trace() {
    ObjectNode json = new TokenizerJsonWriter(this).json();
    String where = "the tokenizer";
    return new Traced(new Pipeline(json, where), OffsetTrim.at(Place.root(json, where).at("post_processor")));
  }

  @Override
  public Framing framing() {
    OptionalInt bos = bosId();
    return model.framing().equals(Framing.NONE) && bos.isPresent() ? Framing.before(bos.getAsInt()) : model.framing();
  }

  private void encodePlain(String normalized, IntList out) {
    encodePlain(normalized, true, out);
  }

  private void encodePlain(String normalized, boolean begins, IntList out) {
    PieceEncoder.Scratch scratch = new PieceEncoder.Scratch();
    model
        .preTokenizer()
        .split(begins ? prefixed(normalized) : normalized, (text, start, end) -> encodePiece(text, start, end, out, scratch));
  }

  private void encodePiece(String text, int start, int end, IntList out, PieceEncoder.Scratch scratch) {
    int place = PieceCache.place(text, start, end);
    if (place < 0) {
      pieces.encode(text, start, end, out, scratch);
      return;
    }
    int[] known = cache.get(place, text, start, end);
    if (known == null) {
      int before = out.size();
      pieces.encode(text, start, end, out, scratch);
      cache.put(place, text.substring(start, end), out.toArray(before));
    } else {
      out.addAll(known);
    }
  }

  private String normalize(String text) {
    return model.nfc() ? Normalizer.normalize(text, Normalizer.Form.NFC) : text;
  }

  @Override
  public byte[] bytes(int id) {
    return bytes[id].clone();
  }

  @Override
  public boolean isSpecial(int id) {
    return special[id];
  }

  /// An added token by its name before a vocabulary token by the text of its bytes.
  @Override
  public OptionalInt id(String token) {
    Integer id = ids.get(PieceEncoder.latin1(Utf8.bytes(token, 0, token.length())));
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(ids.length * 4);
    for (int id : ids) {
      if (!(skipSpecial && special[id])) {
        out.writeBytes(bytes[id]);
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Override
  public int endOfText() {
    return endOfText;
  }

  /// The token that the published files put before every text, where they do.
  public OptionalInt bosId() {
    return model.bosId().isPresent() || !config.addsBos() ? model.bosId() : config.bosToken().map(this::id).orElse(OptionalInt.empty());
  }

  /// The token that fills batches, where the configuration names one.
  public OptionalInt padId() {
    return config.padToken().map(this::id).orElse(OptionalInt.empty());
  }

  /// The longest input that the configuration states.
  public OptionalInt maxLength() {
    return config.maxLength();
  }

  /// The same tokenizer whose configuration states the model's longest input.
  public BpeTokenizer withMaxLength(int tokens) {
    return new BpeTokenizer(model, config.withMaxLength(tokens));
  }

  /// The same tokenizer whose configuration says which token has which role.
  ///
  /// @param roles such as `mask_token`, with the tokens' names
  public BpeTokenizer withRoles(Map<String, String> roles) {
    return new BpeTokenizer(model, config.withRoles(roles));
  }

  public PreTokenizer preTokenizer() {
    return model.preTokenizer();
  }

  public List<AddedToken> addedTokens() {
    return model.addedTokens();
  }

  @Override
  public ChatTemplate chatTemplate() {
    ChatTemplate known = chatTemplate;
    if (known == null) {
      known = ChatTemplates.of(this, config, model.addedTokens(), this::encodeStretch);
      chatTemplate = known;
    }
    return known;
  }

  PieceEncoder pieces() {
    return pieces;
  }

  BpeModel model() {
    return model;
  }

  TokenizerConfig config() {
    return config;
  }
}
