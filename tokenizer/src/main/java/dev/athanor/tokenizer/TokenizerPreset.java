package dev.athanor.tokenizer;

import dev.athanor.base.UserException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// The published ways to cut text before bytes merge, by the name of a model or vocabulary that uses them.
public enum TokenizerPreset {
  GPT2("GPT-2, RoBERTa: numbers of any length", PreTokenizerPattern.GPT2),
  LLAMA3("Llama 3: numbers in groups of three digits", PreTokenizerPattern.LLAMA3),
  QWEN2("Qwen 2, 2.5 and 3: every digit by itself", PreTokenizerPattern.QWEN2),
  STARCODER(
      "StarCoder, SmolLM: every digit by itself, then GPT-2's",
      PreTokenizerSequence.of("\\p{N}", PreTokenizerPattern.GPT2.regex())),
  CL100K(
      "GPT-3.5 and GPT-4: Llama 3's, but newlines after white space one by one",
      new RegexPreTokenizer(
          "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}"
              + "| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+")),
  O200K(
      "GPT-4o, gpt-oss: words begin where a capital follows a small letter",
      new RegexPreTokenizer(
          "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
              + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
              + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"));

  private final String about;
  // It keeps nothing between texts.
  @SuppressWarnings("ImmutableEnumChecker")
  private final PreTokenizer preTokenizer;

  TokenizerPreset(String about, PreTokenizer preTokenizer) {
    this.about = about;
    this.preTokenizer = preTokenizer;
  }

  /// @throws UserException listing those there are
  public static TokenizerPreset named(String name) {
    return Arrays.stream(values())
        .filter(preset -> preset.key().equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() -> new UserException("there is no preset '" + name + "'; there are " + keys()));
  }

  /// "gpt2, llama3, …"
  public static String keys() {
    return Arrays.stream(values()).map(TokenizerPreset::key).collect(Collectors.joining(", "));
  }

  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Who uses it and what it does, in a line.
  public String about() {
    return about;
  }

  public PreTokenizer preTokenizer() {
    return preTokenizer;
  }
}
