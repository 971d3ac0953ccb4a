package dev.athanor.data.mixture;

import dev.athanor.base.UserException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// How many tokens of each group a mixture comes to: a pure function of the groups' sizes and the mixture.
///
/// 1. Rules with epochs and with tokens take what they ask for.
/// 2. The rules with weights share the rest of the tokens by their weights: `x_r = min(C_r, λ·w_r)`, where C_r is what the rule's groups
///    hold under their limits and λ makes the parts add up.
/// 3. Within a rule its groups share in the same way by `size^(1/T)`: what a small group cannot take goes to the others of its rule
///    first, so that the rule keeps its part.
/// 4. Tokens are rounded by the largest remainder, so that they add up to the budget.
///
/// @param groups in the order in which their sizes were given
/// @param notes what could not be as it was wanted, in sentences
public record MixturePlan(List<Share> groups, List<String> notes) {
  /// Names shown in a message before it says "and 17 more".
  private static final int SHOWN = 12;

  public MixturePlan {
    groups = List.copyOf(groups);
    notes = List.copyOf(notes);
  }

  /// What becomes of a group.
  ///
  /// @param available tokens that it has
  /// @param wanted its share of all tokens by the mixture, before limits
  /// @param share its share of all tokens as it is
  /// @param tokens that are taken, repetitions included
  /// @param epochs tokens / available: 2.5 goes through all of it twice, and then through a half that the seed draws
  /// @param maxEpochs the limit of these
  public record Share(
      String name, long documents, long available, double wanted, double share, long tokens, double epochs, double maxEpochs) {}

  /// @throws UserException when a group is matched by no rule, or the rules ask for more than there may be
  public static MixturePlan of(List<GroupSize> sizes, Mixture mixture) {
    return new Planner(sizes, mixture).plan();
  }

  public long tokens() {
    return groups.stream().mapToLong(Share::tokens).sum();
  }

  /// The largest difference between a wanted share and the one that it came to.
  public double maxDeviation() {
    return groups.stream().mapToDouble(group -> Math.abs(group.share - group.wanted)).max().orElse(0);
  }

  /// The plan in rows of training: as many epochs of each group as in tokens, rounded by the largest remainder.
  ///
  /// @param perEpoch rows that each group makes
  /// @throws UserException when no row is taken
  public long[] rows(long[] perEpoch) {
    double[] shares = new double[groups.size()];
    long[] limits = new long[groups.size()];
    for (int g = 0; g < shares.length; g++) {
      Share group = groups.get(g);
      shares[g] = group.available == 0 ? 0 : (double) group.tokens / (double) group.available * perEpoch[g];
      limits[g] = limit(group.maxEpochs, perEpoch[g]);
    }
    long[] rows = WaterFilling.rounded(shares, limits);
    if (Arrays.stream(rows).sum() == 0) {
      throw new UserException("the mixture takes not one row: there are too few documents, or tokens is too small");
    }
    return rows;
  }

  private static long limit(double maxEpochs, long amount) {
    return (long) Math.min(0x1p62, Math.floor(maxEpochs * amount));
  }

  /// For people: a line for each group, columns aligned.
  public List<String> lines() {
    int width = groups.stream().mapToInt(group -> group.name.length()).max().orElse(0);
    String name = "%-" + Math.max(5, width) + "s";
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT, name + " %12s %16s %8s %8s %8s %16s", "group", "documents", "available", "wanted", "share", "epochs", "tokens"));
    for (Share g : groups) {
      lines.add(
          String.format(
              Locale.ROOT, name + " %,12d %,16d %7.2f%% %7.2f%% %8.3f %,16d", g.name, g.documents, g.available, 100 * g.wanted,
              100 * g.share, g.epochs, g.tokens));
    }
    lines.add(
        String.format(
            Locale.ROOT, "%,d tokens; the largest deviation from what was wanted is %.2f %%", tokens(), 100 * maxDeviation()));
    notes.forEach(note -> lines.add("note: " + note));
    return lines;
  }

  private static final class Planner {
    private final List<GroupSize> sizes;
    private final Mixture mixture;
    private final List<Mixture.Rule> rules;
    private final List<List<Integer>> members = new ArrayList<>();
    private final long[] limits;
    private final double[] maxEpochs;
    private final double[] wanted;
    private final double[] taken;
    private final List<String> notes = new ArrayList<>();

    Planner(List<GroupSize> sizes, Mixture mixture) {
      this.sizes = sizes;
      this.mixture = mixture;
      rules = mixture.rules();
      rules.forEach(_ -> members.add(new ArrayList<>()));
      limits = new long[sizes.size()];
      maxEpochs = new double[sizes.size()];
      wanted = new double[sizes.size()];
      taken = new double[sizes.size()];
    }

    MixturePlan plan() {
      match();
      double fixed = 0;
      for (int r = 0; r < rules.size(); r++) {
        fixed += takeFixed(rules.get(r), members.get(r));
      }
      takeWeighted(fixed);
      sayLimits();
      return new MixturePlan(shares(), notes);
    }

    private void match() {
      List<String> unmatched = new ArrayList<>();
      for (int g = 0; g < sizes.size(); g++) {
        String name = sizes.get(g).name();
        int rule = IntStream.range(0, rules.size()).filter(r -> rules.get(r).matches(name)).findFirst().orElse(-1);
        if (rule < 0) {
          unmatched.add(name);
        } else {
          members.get(rule).add(g);
          Double own = rules.get(rule).maxEpochs();
          maxEpochs[g] = own == null ? mixture.maxEpochs() : own;
          limits[g] = limit(maxEpochs[g], sizes.get(g).tokens());
        }
      }
      if (!unmatched.isEmpty()) {
        throw new UserException(
            "the mixture says nothing of " + names(unmatched)
                + "; add a rule, or one for all others: {match: \"*\", weight: 0} leaves them out");
      }
      for (int r = 0; r < rules.size(); r++) {
        if (members.get(r).isEmpty() && !sizes.isEmpty()) {
          String all = names(sizes.stream().map(GroupSize::name).toList());
          notes.add("%s matches no group; there are %s".formatted(rules.get(r).match(), all));
        }
      }
    }

    private static String names(List<String> names) {
      String shown = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
      return names.size() <= SHOWN ? shown : shown + " and " + (names.size() - SHOWN) + " more";
    }

    /// What a rule without a weight comes to.
    private double takeFixed(Mixture.Rule rule, List<Integer> groups) {
      Double epochs = rule.epochs();
      Long tokens = rule.tokens();
      if (epochs != null) {
        for (int g : groups) {
          wanted[g] = epochs * sizes.get(g).tokens();
          taken[g] = Math.min((double) limits[g], wanted[g]);
        }
      } else if (tokens != null) {
        share(groups, (double) tokens, (double) tokens);
      }
      return groups.stream().mapToDouble(g -> taken[g]).sum();
    }

    private void takeWeighted(double fixed) {
      double[] weights = new double[rules.size()];
      double[] most = new double[rules.size()];
      double available = 0;
      for (int r = 0; r < weights.length; r++) {
        Double weight = rules.get(r).weight();
        long held = members.get(r).stream().mapToLong(g -> sizes.get(g).tokens()).sum();
        if (weight != null && weight > 0 && held > 0) {
          weights[r] = weight;
          most[r] = members.get(r).stream().mapToDouble(g -> limits[g]).sum();
          available += held;
        }
      }
      Long budget = mixture.tokens();
      double rest = budget == null ? available : budget - fixed;
      if (budget != null && rest < 0) {
        throw new UserException(
            String.format(
                Locale.ROOT, "the mixture's rules with epochs and tokens ask for %,.0f tokens, more than tokens: %,d", fixed, budget));
      }
      double all = Arrays.stream(weights).sum();
      double[] parts = WaterFilling.shares(weights, most, rest);
      for (int r = 0; r < weights.length; r++) {
        if (weights[r] > 0) {
          share(members.get(r), rest * (weights[r] / all), parts[r]);
        }
      }
      double total = Arrays.stream(taken).sum();
      if (budget != null && Math.round(total) < budget) {
        notes.add(
            String.format(
                Locale.ROOT, "tokens: %,d cannot be reached: within max_epochs the groups come to %,d", budget, Math.round(total)));
      }
    }

    /// Shares a rule's tokens among its groups.
    private void share(List<Integer> groups, double wantedTokens, double tokens) {
      long largest = groups.stream().mapToLong(g -> sizes.get(g).tokens()).max().orElse(0);
      if (largest == 0) {
        return;
      }
      double[] weights =
          groups.stream()
              .mapToDouble(g -> (double) sizes.get(g).tokens() / (double) largest)
              .map(part -> part == 0 ? 0 : Math.pow(part, 1 / mixture.temperature()))
              .toArray();
      double all = Arrays.stream(weights).sum();
      double[] parts = WaterFilling.shares(weights, groups.stream().mapToDouble(g -> limits[g]).toArray(), tokens);
      for (int i = 0; i < weights.length; i++) {
        wanted[groups.get(i)] = wantedTokens * (weights[i] / all);
        taken[groups.get(i)] = parts[i];
      }
    }

    private void sayLimits() {
      for (int g = 0; g < taken.length; g++) {
        if (wanted[g] > limits[g] && Math.round(wanted[g]) > limits[g]) {
          notes.add(
              String.format(
                  Locale.ROOT, "%s: %.2f epochs were wanted, max_epochs allows %s; %,.0f tokens go to other groups or nowhere",
                  sizes.get(g).name(), wanted[g] / sizes.get(g).tokens(), number(maxEpochs[g]), wanted[g] - taken[g]));
        }
      }
    }

    private static String number(double value) {
      return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }

    private List<Share> shares() {
      long[] tokens = WaterFilling.rounded(taken, limits);
      double allWanted = Arrays.stream(wanted).sum();
      double all = (double) Arrays.stream(tokens).sum();
      return IntStream.range(0, tokens.length)
          .mapToObj(
              g -> {
                GroupSize size = sizes.get(g);
                return new Share(
                    size.name(),
                    size.documents(),
                    size.tokens(),
                    allWanted == 0 ? 0 : wanted[g] / allWanted,
                    all == 0 ? 0 : tokens[g] / all,
                    tokens[g],
                    size.tokens() == 0 ? 0 : (double) tokens[g] / (double) size.tokens(),
                    maxEpochs[g]);
              })
          .toList();
    }
  }
}
