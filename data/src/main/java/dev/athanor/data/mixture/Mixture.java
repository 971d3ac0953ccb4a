package dev.athanor.data.mixture;

import dev.athanor.base.recipe.Default;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a recipe wants of the training data's mixture.
///
/// The rule of a group is the first of `groups`, then of `weights`, whose pattern matches its name. Without any rule all groups share
/// the tokens by their size and the temperature; with rules, a group that none matches is a mistake.
///
/// @param by what groups documents: see [Grouping]
/// @param groups rules
/// @param weights rules that say a weight alone, by pattern
/// @param temperature T: groups that share a rule's tokens get them in proportion to size^(1/T). 1 is as they are, a large one (1e9)
///     makes them equal; multilingual models take 2 to 5 (Conneau et al. 2020, arXiv:1911.02116: 1/0.3)
/// @param maxEpochs no group is repeated more often, whatever is asked for; what it cannot take goes to others. Up to four epochs,
///     repeated data is nearly worth new data (Muennighoff et al. 2023, arXiv:2305.16264)
/// @param tokens in all; as many as the groups with weights hold, and what the other rules ask for, where it is left out
public record Mixture(
    @Default("[source]") List<String> by,
    @Default("[]") List<Rule> groups,
    @Default("{}") Map<String, Double> weights,
    @Default("1") double temperature,
    @Default("4") double maxEpochs,
    @Nullable Long tokens) {
  /// Every document once.
  public static final Mixture NATURAL = new Mixture(List.of("source"), List.of(), Map.of(), 1, 4, null);

  public Mixture {
    by = new Grouping(by).by();
    groups = List.copyOf(groups);
    weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    weights.forEach((match, weight) -> new Rule(match, weight, null, null, null));
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("temperature must be more than 0, not " + temperature);
    }
    if (!(maxEpochs > 0)) {
      throw new IllegalArgumentException("max_epochs must be more than 0, not " + maxEpochs);
    }
    if (tokens != null && tokens < 1) {
      throw new IllegalArgumentException("tokens must be positive, not " + tokens);
    }
  }

  /// What is wanted of the groups that a pattern matches: exactly one of a weight, epochs and tokens.
  ///
  /// @param match the name of a group, in which `*` stands for any characters: "web/*"
  /// @param weight the matched groups' part, together, of what the rules with epochs and tokens leave; 0 leaves them out
  /// @param epochs how often each is gone through; 0.5 takes half of it
  /// @param tokens of the matched groups together
  /// @param maxEpochs in place of the mixture's
  public record Rule(
      String match, @Nullable Double weight, @Nullable Double epochs, @Nullable Long tokens, @Nullable Double maxEpochs) {
    public Rule {
      if (match.isEmpty()) {
        throw new IllegalArgumentException("match must be a group's name or a pattern such as web/*, not empty");
      }
      if ((weight == null ? 0 : 1) + (epochs == null ? 0 : 1) + (tokens == null ? 0 : 1) != 1) {
        throw new IllegalArgumentException("match: " + match + " needs exactly one of weight, epochs and tokens");
      }
      if (weight != null && !(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("weight must not be negative, as is that of " + match + ": " + weight);
      }
      if (epochs != null && !(epochs >= 0 && epochs < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("epochs must not be negative, as are those of " + match + ": " + epochs);
      }
      if (tokens != null && tokens < 0) {
        throw new IllegalArgumentException("tokens must not be negative, as are those of " + match + ": " + tokens);
      }
      if (maxEpochs != null && !(maxEpochs > 0)) {
        throw new IllegalArgumentException("max_epochs must be more than 0, not " + maxEpochs);
      }
    }

    /// Whether the pattern stands for the name; linear in both for one `*`.
    boolean matches(String name) {
      int n = 0;
      int m = 0;
      int star = -1;
      int from = 0;
      while (n < name.length()) {
        if (m < match.length() && match.charAt(m) == '*') {
          star = m++;
          from = n;
        } else if (m < match.length() && match.charAt(m) == name.charAt(n)) {
          m++;
          n++;
        } else if (star >= 0) {
          m = star + 1;
          n = ++from;
        } else {
          return false;
        }
      }
      while (m < match.length() && match.charAt(m) == '*') {
        m++;
      }
      return m == match.length();
    }
  }

  public Grouping grouping() {
    return new Grouping(by);
  }

  /// In the order in which they are asked; a last one for everything where the recipe says none.
  List<Rule> rules() {
    List<Rule> rules = new ArrayList<>(groups);
    weights.forEach((match, weight) -> rules.add(new Rule(match, weight, null, null, null)));
    return rules.isEmpty() ? List.of(new Rule("*", 1.0, null, null, null)) : rules;
  }
}
