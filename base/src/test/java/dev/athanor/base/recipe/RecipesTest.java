package dev.athanor.base.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipesTest {
  enum Decay {
    LINEAR,
    COSINE_DECAY
  }

  sealed interface Source {}

  record MavenSource(List<String> coordinates, @Default("false") boolean offline) implements Source {}

  record Files_(List<Path> globs) implements Source {}

  record EmptySource() implements Source {}

  record Model(int width, @Default("2") int layers, @Default("1e-3") double eps) {
    Model {
      if (width % 8 != 0) {
        throw new IllegalArgumentException("width must be a multiple of 8, is " + width);
      }
      if (layers * width > 1000) {
        throw new IllegalArgumentException("the model is too large");
      }
    }
  }

  record Pretrain(
      @Nullable Duration budget,
      @Nullable Long tokens,
      @Default("cosine-decay") Decay decay,
      @Default("0.1") double warmUp) {}

  record Recipe(
      String name,
      @Default("[]") List<Source> sources,
      Model model,
      @Default("{}") Pretrain pretrain,
      @Default("{}") Map<String, Integer> limits,
      @Nullable Path out) {}

  record Directly(MavenSource maven) {}

  record Named(Map<String, Source> sources) {}

  private static Recipe read(String yaml, String... overrides) {
    return Recipes.parse("r.yaml", yaml, Recipe.class, List.of(overrides));
  }

  private static void assertProblems(String yaml, String... lines) {
    assertThatThrownBy(() -> read(yaml)).isInstanceOf(UserException.class).hasMessage(String.join("\n", lines));
  }

  @Test
  void read_everyKindOfValue_isBound() {
    Recipe recipe =
        read(
            """
            name: quick start   # a comment
            sources:
              - maven: [a:b:1, c:d:2]
              - maven: {coordinates: ['a:b:1'], offline: true}
              - maven: [x:y:3]
                offline: true
              - files_: [src/**]
              - empty
            model: {width: 64}
            pretrain:
              budget: 1h30m
              tokens: 2.5k
              decay: linear
              warm-up: 3e-2
            limits: {a: 1_000, b: -4}
            out: runs/x
            """);
    assertThat(recipe)
        .isEqualTo(
            new Recipe(
                "quick start",
                List.of(
                    new MavenSource(List.of("a:b:1", "c:d:2"), false),
                    new MavenSource(List.of("a:b:1"), true),
                    new MavenSource(List.of("x:y:3"), true),
                    new Files_(List.of(Path.of("src/**"))),
                    new EmptySource()),
                new Model(64, 2, 1e-3),
                new Pretrain(Duration.ofMinutes(90), 2_500L, Decay.LINEAR, 0.03),
                Map.of("a", 1000, "b", -4),
                Path.of("runs/x")));
  }

  @Test
  void read_keysLeftOut_takeTheirDefaults() {
    Recipe recipe = read("name: n\nmodel: {width: 8}\npretrain:\n");
    assertThat(recipe)
        .isEqualTo(
            new Recipe(
                "n", List.of(), new Model(8, 2, 1e-3), new Pretrain(null, null, Decay.COSINE_DECAY, 0.1), Map.of(), null));
  }

  @Test
  void read_anchorAndAlias_followsIt() {
    String yaml = "name: n\nmodel: {width: 8}\nsources:\n  - maven: &c [a:b:1]\n  - maven: *c\n";
    assertThat(read(yaml).sources()).hasSize(2).containsOnly(new MavenSource(List.of("a:b:1"), false));
  }

  @Test
  void read_unknownKey_namesTheNearest() {
    assertProblems(
        "name: n\nmodel: {width: 8, layrs: 3}\n",
        "r.yaml:2:19: unknown key 'layrs' in model; did you mean 'layers'? (valid: width, layers, eps)");
  }

  @Test
  void read_unknownKeyLikeNoOther_listsTheValidOnes() {
    assertProblems(
        "name: n\nmodel: {width: 8}\nzzzzzzz: 1\n",
        "r.yaml:3:1: unknown key 'zzzzzzz' (valid: name, sources, model, pretrain, limits, out)");
  }

  @Test
  void read_manyProblems_tellsAllInTheOrderOfTheFile() {
    assertProblems(
        """
        nmae: n
        model:
          widht: 64
          layers: abc
        pretrain:
          budget: 10
          decay: cosin-decay
          tokens: 4X
        limits: 3
        """,
        "r.yaml:1:1: unknown key 'nmae'; did you mean 'name'? (valid: name, sources, model, pretrain, limits, out)",
        "r.yaml:1:1: missing key 'name'",
        "r.yaml:3:3: unknown key 'widht' in model; did you mean 'width'? (valid: width, layers, eps)",
        "r.yaml:3:3: missing key 'width' in model",
        "r.yaml:4:11: expected an integer, found 'abc' (model.layers)",
        "r.yaml:6:11: expected a duration such as 90s, 10m or 1h30m, found '10' (pretrain.budget)",
        "r.yaml:7:10: unknown value 'cosin-decay'; did you mean 'cosine-decay'? (valid: linear, cosine-decay) (pretrain.decay)",
        "r.yaml:8:11: expected an integer, found '4X'; write it like 4000000, 4_000_000 or 4M (pretrain.tokens)",
        "r.yaml:9:9: expected a mapping, found '3' (limits)");
  }

  @Test
  void read_wrongScalars_sayWhatWasExpected() {
    assertProblems(
        """
        name: [a]
        sources: maven
        model: {width: 3000000000, layers: 1.5, eps: 1e999}
        """,
        "r.yaml:1:7: expected text, found a list (name)",
        "r.yaml:2:10: expected a list, found 'maven' (sources); write [maven]",
        "r.yaml:3:16: '3000000000' is out of range; the largest is 2147483647 (model.width)",
        "r.yaml:3:36: expected an integer, found '1.5' (model.layers)",
        "r.yaml:3:46: expected a number, found '1e999' (model.eps)");
  }

  @Test
  void read_boolean_isTrueOrFalseOnly() {
    assertProblems(
        "name: n\nmodel: {width: 8}\nsources:\n  - maven: {coordinates: [], offline: yes}\n",
        "r.yaml:4:39: expected true or false, found 'yes' (sources[0].maven.offline)");
  }

  @Test
  void read_constructorRefusesAComponent_isToldAtItsValue() {
    assertProblems(
        "name: n\nmodel:\n  layers: 1\n  width: 9\n",
        "r.yaml:4:10: width must be a multiple of 8, is 9 (model)");
  }

  @Test
  void read_constructorRefusesTheWhole_isToldAtTheRecord() {
    assertProblems("name: n\nmodel:\n  layers: 100\n  width: 64\n", "r.yaml:3:3: the model is too large (model)");
  }

  @Test
  void read_unknownAlternative_namesTheNearest() {
    assertProblems(
        "name: n\nmodel: {width: 8}\nsources:\n  - mavn: [a]\n  - [x]\n",
        "r.yaml:4:5: unknown kind 'mavn' (sources[0]); did you mean 'maven'? (valid: empty, files_, maven)",
        "r.yaml:5:5: expected one of empty, files_, maven, found a list (sources[1])");
  }

  @Test
  void read_duplicateKey_isTold() {
    assertProblems(
        "name: n\nmodel:\n  width: 8\n  width: 16\n",
        "r.yaml:4:3: duplicate key 'width'; it stands on line 3 already");
    assertProblems(
        "name: n\nmodel: {width: 8}\npretrain: {warm_up: 1, warm-up: 2}\n",
        "r.yaml:3:24: duplicate key 'warm-up' in pretrain");
  }

  @Test
  void read_keyWithoutValue_namesTheDefault() {
    assertProblems(
        "name:\nmodel: {width: 8, layers: }\n",
        "r.yaml:1:1: key 'name' has no value",
        "r.yaml:2:19: key 'layers' has no value; leave the key out for its default (2)");
  }

  @Test
  void read_malformedYaml_namesThePlace() {
    assertThatThrownBy(() -> read("name: n\nmodel: [1, 2\nout: x\n"))
        .isInstanceOf(UserException.class)
        .hasMessage("r.yaml:3:4: not valid YAML: while parsing a flow sequence: expected ',' or ']'");
    assertThatThrownBy(() -> read("name: n\n\tmodel: 1\n"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("r.yaml:2:1: not valid YAML: ");
    assertProblems("name: n\nmodel: {width: 8}\n---\na: 1\n", "r.yaml:4:1: a second document begins here; only one is read");
    assertProblems("name: n\nmodel: {width: 8}\nout: *o\n", "r.yaml:3:6: no mapping or list with the anchor '&o' stands before this");
  }

  @Test
  void read_emptyFile_missesItsKeys() {
    assertProblems("# nothing\n", "r.yaml:1:1: missing key 'name'", "r.yaml:1:1: missing key 'model'");
  }

  @Test
  void read_scalarFile_isRefused() {
    assertProblems(
        "hello\n", "r.yaml:1:1: expected a mapping with keys of name, sources, model, pretrain, limits, out, found 'hello'");
  }

  @Test
  void read_overrides_standOverTheFile() {
    Recipe recipe =
        read(
            "name: n\nmodel: {width: 8}\nsources: [maven: [a:b:1]]\n",
            "pretrain.budget=30s",
            "model.width=16",
            "sources.0.maven=[c:d:2]",
            "name=other");
    assertThat(recipe.pretrain().budget()).isEqualTo(Duration.ofSeconds(30));
    assertThat(recipe.model().width()).isEqualTo(16);
    assertThat(recipe.sources()).containsExactly(new MavenSource(List.of("c:d:2"), false));
    assertThat(recipe.name()).isEqualTo("other");
  }

  @Test
  void read_wrongOverrides_areToldByTheirKey() {
    String yaml = "name: n\nmodel: {width: 8}\nsources: [empty]\n";
    assertThatThrownBy(
            () ->
                read(
                    yaml,
                    "pretrain.budget=soon",
                    "modle.width=8",
                    "name.x=1",
                    "sources.1=empty",
                    "nothing",
                    "out=[1"))
        .isInstanceOf(UserException.class)
        .message()
        .contains("--set pretrain.budget: expected a duration such as 90s, 10m or 1h30m, found 'soon' (pretrain.budget)")
        .contains("--set modle.width: unknown key 'modle'; did you mean 'model'?")
        .contains("--set name.x: nothing can be set below 'n' (r.yaml:1:7)")
        .contains("--set sources.1: '1' is no place in the list of 1 (r.yaml:3:10); they count from 0")
        .contains("--set nothing: expected key=value, such as pretrain.budget=30s")
        .contains("--set out: not valid YAML: ");
  }

  @Test
  void toYaml_resolvedRecipe_readsBackEqual() {
    Recipe recipe =
        new Recipe(
            "007: # \"odd\" 名字 null",
            List.of(
                new MavenSource(List.of("true", "12", "1e6", "~", "null", "", "a: b", "- x"), true),
                new EmptySource()),
            new Model(64, 3, 1.0E-7),
            new Pretrain(Duration.ofMillis(93_784_005), 4_000_000_000L, Decay.COSINE_DECAY, 0.25),
            Map.of("k", 3),
            Path.of("a b/c"));
    String yaml = Recipes.toYaml(recipe);
    assertThat(read(yaml)).isEqualTo(recipe);
    assertThat(yaml).contains("budget: 1d2h3m4s5ms").contains("decay: cosine-decay").contains("offline: true");
  }

  @Test
  void toYaml_alternativeUsedAsItself_isNotNamed() {
    Directly value = new Directly(new MavenSource(List.of("a"), false));
    assertThat(Recipes.parse("x", Recipes.toYaml(value), Directly.class, List.of())).isEqualTo(value);
  }

  @Test
  void read_mapOfAlternativesAsAList_namesThemByTheirKinds() {
    Named named = Recipes.parse("r.yaml", "sources:\n  - maven: [a]\n  - empty\n  - maven: [b]\n", Named.class, List.of());
    assertThat(named.sources().keySet()).containsExactly("maven", "empty", "maven-2");
    assertThat(named.sources()).containsEntry("maven-2", new MavenSource(List.of("b"), false));
    assertThat(Recipes.parse("x", Recipes.toYaml(named), Named.class, List.of())).isEqualTo(named);
  }

  @Test
  void read_mapOfAlternativesAsNeither_isTold() {
    assertThatThrownBy(() -> Recipes.parse("r.yaml", "sources: maven\n", Named.class, List.of()))
        .hasMessage("r.yaml:1:10: expected a list, or a mapping by names, found 'maven' (sources)");
    assertThatThrownBy(() -> Recipes.parse("r.yaml", "sources:\n  - maven: [a]\n  - mavn: [a]\n", Named.class, List.of()))
        .hasMessageStartingWith("r.yaml:3:5: unknown kind 'mavn' (sources[1]); did you mean 'maven'?");
  }

  @Test
  void toTree_alternativesWithEqualFields_differ() {
    assertThat(Recipes.toTree(Map.of("s", new EmptySource()))).isEqualTo(Map.of("s", Map.of("empty", Map.of())));
  }

  @Test
  void read_file_namesItInItsProblems(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("bad.yaml");
    Files.writeString(file, "name: n\n");
    assertThatThrownBy(() -> Recipes.read(file, Recipe.class))
        .isInstanceOf(UserException.class)
        .hasMessage(file + ":1:1: missing key 'model'");
    assertThatThrownBy(() -> Recipes.read(dir.resolve("none.yaml"), Recipe.class))
        .isInstanceOf(UserException.class)
        .hasMessage("no such recipe: " + dir.resolve("none.yaml"));
    Path latin = dir.resolve("latin.yaml");
    Files.write(latin, new byte[] {'a', (byte) 0xe9, 'b'});
    assertThatThrownBy(() -> Recipes.read(latin, Recipe.class))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("not UTF-8");
  }
}
