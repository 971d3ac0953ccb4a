package dev.athanor.data.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.data.Document;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MixturePlanTest {
  private static final int TRIALS = 2000;

  private static Mixture mixture(double temperature, double maxEpochs, @Nullable Long tokens, Mixture.Rule... rules) {
    return new Mixture(List.of("source"), List.of(rules), Map.of(), temperature, maxEpochs, tokens);
  }

  private static Mixture.Rule weight(String match, double weight) {
    return new Mixture.Rule(match, weight, null, null, null);
  }

  private static Mixture.Rule epochs(String match, double epochs) {
    return new Mixture.Rule(match, null, epochs, null, null);
  }

  private static Mixture.Rule tokens(String match, long tokens) {
    return new Mixture.Rule(match, null, null, tokens, null);
  }

  private static GroupSize size(String name, long tokens) {
    return new GroupSize(name, Math.min(tokens, 10), tokens);
  }

  private static Mixture recipe(String yaml) {
    return Recipes.parse("recipe", yaml, Mixture.class, List.of());
  }

  private static long taken(MixturePlan plan, String name) {
    return plan.groups().stream().filter(group -> group.name().equals(name)).findFirst().orElseThrow().tokens();
  }

  @Test
  void of_noRules_isEveryTokenOnce() {
    MixturePlan plan = MixturePlan.of(List.of(size("a", 700), size("b", 300)), Mixture.NATURAL);
    assertThat(plan.groups()).extracting(MixturePlan.Share::tokens).containsExactly(700L, 300L);
    assertThat(plan.groups()).allSatisfy(group -> assertThat(group.epochs()).isEqualTo(1));
    assertThat(plan.maxDeviation()).isZero();
    assertThat(plan.notes()).isEmpty();
  }

  @Test
  void of_weights_sharesTheBudgetByThem() {
    MixturePlan plan =
        MixturePlan.of(
            List.of(size("web", 9000), size("code", 500), size("wiki", 500)), mixture(1, 4, 2000L, weight("web", 2), weight("*", 2)));
    assertThat(plan.groups()).extracting(MixturePlan.Share::tokens).containsExactly(1000L, 500L, 500L);
  }

  /// 900 and 100 tokens: at T = 1 as 9 to 1, at T = 2 as 3 to 1, at a large T as 1 to 1.
  @Test
  void of_temperature_evensOutSizes() {
    List<GroupSize> sizes = List.of(size("en", 900), size("zh", 100));
    assertThat(taken(MixturePlan.of(sizes, mixture(1, 4, 200L)), "zh")).isEqualTo(20);
    assertThat(taken(MixturePlan.of(sizes, mixture(2, 4, 200L)), "zh")).isEqualTo(50);
    assertThat(taken(MixturePlan.of(sizes, mixture(1e9, 4, 200L)), "zh")).isEqualTo(100);
  }

  @Test
  void of_limitReached_givesTheRestToTheRulesOthersFirst() {
    List<GroupSize> sizes = List.of(size("web/en", 1000), size("web/zh", 10), size("code", 1000));
    MixturePlan plan = MixturePlan.of(sizes, mixture(1e9, 2, 1000L, weight("web/*", 1), weight("code", 1)));
    assertThat(plan.groups()).extracting(MixturePlan.Share::tokens).containsExactly(480L, 20L, 500L);
    assertThat(plan.notes()).singleElement().asString().contains("web/zh: 25.00 epochs were wanted, max_epochs allows 2; 230 tokens");
    assertThat(plan.maxDeviation()).isCloseTo(0.23, within(1e-9));
  }

  @Test
  void of_limitsBelowTheBudget_saysSo() {
    MixturePlan plan = MixturePlan.of(List.of(size("a", 100), size("b", 50)), mixture(1, 2, 1000L));
    assertThat(plan.tokens()).isEqualTo(300);
    assertThat(plan.notes()).anyMatch(note -> note.contains("tokens: 1,000 cannot be reached: within max_epochs the groups come to 300"));
  }

  @Test
  void of_epochsAndTokens_takeTheirsBeforeTheWeights() {
    List<GroupSize> sizes = List.of(size("wiki", 100), size("book", 1000), size("web", 5000));
    MixturePlan plan = MixturePlan.of(sizes, mixture(1, 4, 1500L, epochs("wiki", 2.5), tokens("book", 250), weight("*", 1)));
    assertThat(plan.groups()).extracting(MixturePlan.Share::tokens).containsExactly(250L, 250L, 1000L);
    assertThatThrownBy(() -> MixturePlan.of(sizes, mixture(1, 4, 300L, epochs("wiki", 2.5), tokens("book", 250), weight("*", 1))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("ask for 500 tokens, more than tokens: 300");
    MixturePlan limited = MixturePlan.of(sizes, mixture(1, 4, null, epochs("wiki", 6), weight("*", 0)));
    assertThat(limited.tokens()).isEqualTo(400);
    assertThat(limited.notes()).anyMatch(note -> note.startsWith("wiki: 6.00 epochs were wanted, max_epochs allows 4"));
  }

  @Test
  void of_groupWithoutARule_isRefusedByName() {
    assertThatThrownBy(() -> MixturePlan.of(List.of(size("web", 10), size("code", 10)), mixture(1, 4, null, weight("web", 1))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("says nothing of code")
        .hasMessageContaining("{match: \"*\", weight: 0}");
    assertThat(MixturePlan.of(List.of(size("web", 10)), mixture(1, 4, null, weight("wbe", 1), weight("*", 1))).notes())
        .containsExactly("wbe matches no group; there are web");
  }

  /// Over random sizes, rules and budgets: no limit is passed, the budget is met to the token or said not to be, shares add up.
  @Test
  void of_randomMixtures_keepsLimitsAndBudget() {
    Random random = new Random(7);
    int met = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      List<GroupSize> sizes = sizes(random);
      long budget = 1 + random.nextLong(3 * Math.max(1, sizes.stream().mapToLong(GroupSize::tokens).sum()));
      Mixture mixture = mixture(0.5 + 5 * random.nextDouble(), 0.5 + 4 * random.nextDouble(), budget, rules(random));
      MixturePlan plan = MixturePlan.of(sizes, mixture);
      for (MixturePlan.Share group : plan.groups()) {
        assertThat(group.tokens()).isNotNegative().isLessThanOrEqualTo((long) Math.floor(group.maxEpochs() * group.available()));
      }
      assertThat(plan.tokens()).isLessThanOrEqualTo(budget);
      if (plan.tokens() == budget) {
        met++;
        assertThat(plan.notes()).noneMatch(note -> note.contains("cannot be reached"));
      } else {
        assertThat(plan.notes()).anyMatch(note -> note.contains("cannot be reached"));
      }
      if (plan.tokens() > 0) {
        assertThat(plan.groups().stream().mapToDouble(MixturePlan.Share::share).sum()).isCloseTo(1, within(1e-9));
        assertThat(plan.groups().stream().mapToDouble(MixturePlan.Share::wanted).sum()).isCloseTo(1, within(1e-9));
      }
    }
    assertThat(met).isBetween(TRIALS / 4, TRIALS - TRIALS / 20);
  }

  /// More budget gives no group less but for rounding; more weight gives the rule's groups no less.
  @Test
  void of_moreBudgetOrWeight_takesNothingAway() {
    Random random = new Random(8);
    for (int trial = 0; trial < TRIALS; trial++) {
      List<GroupSize> sizes = sizes(random);
      long budget = 1 + random.nextLong(2 * Math.max(1, sizes.stream().mapToLong(GroupSize::tokens).sum()));
      double temperature = 0.5 + 5 * random.nextDouble();
      double first = random.nextDouble();
      MixturePlan plan = MixturePlan.of(sizes, mixture(temperature, 2, budget, weight("a*", first), weight("*", 0.5)));
      MixturePlan more = MixturePlan.of(sizes, mixture(temperature, 2, budget + 1000, weight("a*", first), weight("*", 0.5)));
      MixturePlan heavier = MixturePlan.of(sizes, mixture(temperature, 2, budget, weight("a*", first + 0.5), weight("*", 0.5)));
      for (int g = 0; g < sizes.size(); g++) {
        assertThat(more.groups().get(g).tokens()).isGreaterThanOrEqualTo(plan.groups().get(g).tokens() - 1);
        if (sizes.get(g).name().startsWith("a")) {
          assertThat(heavier.groups().get(g).tokens()).isGreaterThanOrEqualTo(plan.groups().get(g).tokens() - 1);
        }
      }
    }
  }

  @Test
  void of_hotterTemperature_givesTheSmallestNoLess() {
    List<GroupSize> sizes = List.of(size("s", 1_000), size("m", 50_000), size("l", 2_000_000));
    long last = -1;
    for (double temperature : new double[] {0.5, 1, 1.5, 2, 3, 5, 10, 100}) {
      long small = taken(MixturePlan.of(sizes, mixture(temperature, 1000, 900_000L)), "s");
      assertThat(small).isGreaterThan(last);
      last = small;
    }
  }

  @Test
  void rows_ofAPlan_areItsEpochsRounded() {
    MixturePlan plan = MixturePlan.of(List.of(size("a", 1000), size("b", 500)), mixture(1, 4, null, epochs("a", 0.5), epochs("b", 2)));
    assertThat(plan.rows(new long[] {11, 7})).containsExactly(6, 14);
    assertThatThrownBy(() -> plan.rows(new long[] {0, 0})).isInstanceOf(UserException.class);
  }

  @Test
  void lines_ofAPlan_showEveryGroupAndNote() {
    List<String> lines = MixturePlan.of(List.of(size("web/zh", 1000), size("b", 10)), mixture(1e9, 4, 500L)).lines();
    assertThat(lines.get(1)).startsWith("web/zh").contains("1,000", "50.00%", "92.00%", "0.460", "460");
    assertThat(lines).anyMatch(line -> line.startsWith("note: b: 25.00 epochs were wanted"));
  }

  @Test
  void mixture_ofARecipe_isBoundWithItsDefaults() {
    Mixture mixture =
        recipe("{by: [source, language], weights: {web/*: 3, code: 1}, temperature: 3.3, tokens: 2B}");
    assertThat(mixture.tokens()).isEqualTo(2_000_000_000L);
    assertThat(mixture.maxEpochs()).isEqualTo(4);
    assertThat(mixture.rules()).extracting(Mixture.Rule::match).containsExactly("web/*", "code");
    Mixture rules = recipe("{groups: [{match: wiki, epochs: 2, max_epochs: 3}, {match: '*', weight: 1}]}");
    assertThat(rules.groups().getFirst().maxEpochs()).isEqualTo(3);
    assertThatThrownBy(() -> recipe("{groups: [{match: wiki, epochs: 2, weight: 3}], temperature: 0}"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("needs exactly one of weight, epochs and tokens");
  }

  @Test
  void matches_patterns_standForAnyCharacters() {
    assertThat(weight("*", 1).matches("web/zh")).isTrue();
    assertThat(weight("web/*", 1).matches("web/zh")).isTrue();
    assertThat(weight("*/zh", 1).matches("web/zh")).isTrue();
    assertThat(weight("w*b*h", 1).matches("web/zh")).isTrue();
    assertThat(weight("web", 1).matches("web/zh")).isFalse();
    assertThat(weight("web/*x", 1).matches("web/zh")).isFalse();
    assertThat(weight("源*", 1).matches("源码/java")).isTrue();
  }

  @Test
  void grouping_ofADocument_joinsItsValues() {
    Map<String, String> metadata = new LinkedHashMap<>(Map.of("source", "web", "quality", "head"));
    Document document = new Document("i", "t", "crawl.warc", "p", "unknown", "zh", metadata);
    assertThat(new Grouping(List.of("source", "language", "quality", "topic")).of(document)).isEqualTo("web/zh/head/unknown");
    assertThat(new Grouping(List.of("origin")).of(document)).isEqualTo("crawl.warc");
    assertThat(new Grouping(List.of()).of(document)).isEqualTo("all");
  }

  private static List<GroupSize> sizes(Random random) {
    List<GroupSize> sizes = new ArrayList<>();
    int count = 1 + random.nextInt(8);
    for (int g = 0; g < count; g++) {
      sizes.add(size((random.nextBoolean() ? "a" : "b") + g, random.nextInt(6) == 0 ? 0 : (long) Math.exp(20 * random.nextDouble())));
    }
    return sizes;
  }

  /// Weights alone, so that they can never ask for more than the budget.
  private static Mixture.Rule[] rules(Random random) {
    return new Mixture.Rule[] {weight("a1*", random.nextInt(3)), weight("a*", random.nextDouble()), weight("*", 0.1 + random.nextDouble())};
  }
}
