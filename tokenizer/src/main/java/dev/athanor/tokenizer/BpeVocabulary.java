package dev.athanor.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// A byte-level BPE tokenizer as plain lists, for files that are no `tokenizer.json`.
///
/// @param tokens the text of each id: bytes written as printable characters, as `tokenizer.json` does (a space is `Ġ`); an
///     added token's name; empty where an id stands for nothing
/// @param merges each "left right", the most wanted first
/// @param addedTokens those of `tokens` that are matched in text as a whole
public record BpeVocabulary(
    List<String> tokens,
    List<String> merges,
    List<AddedToken> addedTokens,
    Rules rules,
    Roles roles,
    Optional<String> chatTemplate) {
  /// How text is cut before bytes merge.
  ///
  /// @param addPrefixSpace puts a space before text that does not begin with one
  /// @param nfc text is brought into Unicode's composed form first
  /// @param ignoreMerges a piece that is a token as a whole is that token, whatever the merges say (Llama 3)
  public record Rules(PreTokenizer preTokenizer, boolean addPrefixSpace, boolean nfc, boolean ignoreMerges) {}

  /// Ids with a meaning.
  ///
  /// @param bos begins a document
  /// @param addsBos whether it stands before every text
  /// @param eos ends a document
  /// @param pad fills batches
  public record Roles(OptionalInt bos, boolean addsBos, int eos, OptionalInt pad) {
    public Roles {
      if (addsBos && bos.isEmpty()) {
        throw new IllegalArgumentException("there is no bos to add");
      }
    }
  }

  public BpeVocabulary {
    tokens = List.copyOf(tokens);
    merges = List.copyOf(merges);
    addedTokens = List.copyOf(addedTokens);
  }

  /// @throws IllegalArgumentException where it contradicts itself
  BpeModel model() {
    Map<String, Integer> ids = ids();
    Merges pairs = Merges.of(merges, ids);
    // A file that lists every id does not say which added tokens belong to the vocabulary too: those that merges need.
    BitSet named = new BitSet();
    addedTokens.forEach(token -> named.set(token.id()));
    BitSet merged = new BitSet();
    for (int i = 0; i < pairs.lefts().length; i++) {
      int left = pairs.lefts()[i];
      int right = pairs.rights()[i];
      merged.set(left);
      merged.set(right);
      Integer whole = ids.get(tokens.get(left) + tokens.get(right));
      if (whole != null) {
        merged.set(whole);
      }
    }
    byte[][] bytes = new byte[tokens.size()][];
    for (int id = 0; id < bytes.length; id++) {
      bytes[id] = named.get(id) && !merged.get(id) ? new byte[0] : bytes(id);
    }
    return new BpeModel(
        bytes,
        pairs.lefts(),
        pairs.rights(),
        addedTokens,
        rules.preTokenizer,
        rules.addPrefixSpace,
        rules.nfc,
        rules.ignoreMerges,
        roles.addsBos ? roles.bos : OptionalInt.empty());
  }

  private Map<String, Integer> ids() {
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < tokens.size(); id++) {
      String token = tokens.get(id);
      Integer other = token.isEmpty() ? null : ids.put(token, id);
      if (other != null) {
        throw new IllegalArgumentException("the tokens " + other + " and " + id + " are both '" + token + "'");
      }
    }
    for (AddedToken token : addedTokens) {
      if (token.id() >= tokens.size() || !tokens.get(token.id()).equals(token.content())) {
        throw new IllegalArgumentException("the added token '" + token.content() + "' is not token " + token.id());
      }
    }
    return ids;
  }

  private byte[] bytes(int id) {
    return ByteAlphabet.read(tokens.get(id))
        .orElseThrow(
            () -> new IllegalArgumentException("token " + id + " '" + tokens.get(id) + "' is not written in bytes"));
  }

  /// @throws IllegalArgumentException where a role's id is no token
  TokenizerConfig config() {
    TokenizerConfig config =
        TokenizerConfig.standard(name(roles.eos), addedTokens).withBos(bosName(), roles.addsBos).withPad(padName());
    return chatTemplate.map(config::withChatTemplate).orElse(config);
  }

  private Optional<String> bosName() {
    return roles.bos.isPresent() ? Optional.of(name(roles.bos.getAsInt())) : Optional.empty();
  }

  private Optional<String> padName() {
    return roles.pad.isPresent() ? Optional.of(name(roles.pad.getAsInt())) : Optional.empty();
  }

  private String name(int id) {
    if (id < 0 || id >= tokens.size() || tokens.get(id).isEmpty()) {
      throw new IllegalArgumentException("the id " + id + " is no token of the vocabulary");
    }
    boolean added = addedTokens.stream().anyMatch(token -> token.id() == id);
    return added ? tokens.get(id) : new String(bytes(id), StandardCharsets.UTF_8);
  }

  static BpeVocabulary of(BpeTokenizer tokenizer) {
    BpeModel model = tokenizer.model();
    TokenizerConfig config = tokenizer.config();
    String[] tokens = new String[tokenizer.vocabSize()];
    for (int id = 0; id < tokens.length; id++) {
      tokens[id] = id < model.tokens().length ? ByteAlphabet.write(model.tokens()[id]) : "";
    }
    model.addedTokens().forEach(token -> tokens[token.id()] = token.content());
    OptionalInt added = tokenizer.bosId();
    OptionalInt bos = added.isPresent() ? added : config.bosToken().map(tokenizer::id).orElse(OptionalInt.empty());
    return new BpeVocabulary(
        List.of(tokens),
        Merges.texts(model),
        model.addedTokens(),
        new Rules(model.preTokenizer(), model.addPrefixSpace(), model.nfc(), model.ignoreMerges()),
        new Roles(bos, added.isPresent(), tokenizer.endOfText(), tokenizer.padId()),
        config.chatTemplate());
  }
}
