package dev.athanor.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The arrows between the modules. Every test counts what it looked at, so that none passes on nothing.
class ArchitectureTest {
  private static final String ROOT = "dev.athanor.";

  /// What a module may import, besides what those may import in turn. Maven's poms hold the same arrows; this holds them
  /// where a test's or a tool's class path has more on it.
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          Map.entry("base", Set.of()),
          Map.entry("tokenizer", Set.of("base")),
          Map.entry("data", Set.of("inference")),
          Map.entry("model", Set.of("base", "tokenizer")),
          Map.entry("tensor", Set.of("base")),
          Map.entry("nn", Set.of("tensor", "model")),
          Map.entry("inference", Set.of("model")),
          Map.entry("inference.torch", Set.of("inference", "nn")),
          Map.entry("train", Set.of("nn", "data", "inference")),
          Map.entry("eval", Set.of("model", "data")),
          Map.entry("registry", Set.of("base")),
          Map.entry("serve", Set.of("inference", "registry", "eval")),
          Map.entry("cli", Set.of("serve", "train", "eval", "registry", "inference", "inference.torch", "nn", "tensor", "model", "data")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.athanor");

  @Test
  void modules_allOfThem_haveClassesAndAreKnownHere() {
    Map<String, Integer> sizes = new TreeMap<>();
    CLASSES.forEach(type -> sizes.merge(module(type), 1, Integer::sum));
    assertThat(sizes.keySet()).containsExactlyInAnyOrderElementsOf(ARROWS.keySet());
    // The smallest two have seven classes each.
    assertThat(sizes).allSatisfy((module, classes) -> assertThat(classes).as(module).isGreaterThanOrEqualTo(5));
    assertThat(CLASSES).hasSizeGreaterThan(200);
  }

  @Test
  void imports_betweenModules_followTheArrows() {
    Set<String> seen = new TreeSet<>();
    Set<String> against = new TreeSet<>();
    for (JavaClass origin : CLASSES) {
      Set<String> allowed = reachable(module(origin));
      for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (target.getPackageName().startsWith(ROOT) && !module(target).equals(module(origin))) {
          seen.add(module(origin) + " → " + module(target));
          if (!allowed.contains(module(target))) {
            against.add(dependency.getDescription());
          }
        }
      }
    }
    assertThat(against).isEmpty();
    assertThat(seen)
        .contains("tokenizer → base", "data → tokenizer", "data → inference", "nn → tensor", "nn → model", "inference → model", "train → nn")
        .contains("eval → data", "registry → base", "serve → inference", "cli → serve")
        .contains("inference.torch → inference", "inference.torch → nn", "cli → inference.torch");
  }

  @ParameterizedTest
  @CsvSource({"org.bytedeco.., tensor", "jdk.incubator.vector.., inference"})
  void import_ofAPartWithOneHome_standsInThatModuleAlone(String part, String home) {
    var isPart = resideInAPackage(part);
    List<JavaClass> users =
        CLASSES.stream()
            .filter(
                type ->
                    type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(dependency -> isPart.test(dependency.getTargetClass().getBaseComponentType())))
            .toList();
    assertThat(users).isNotEmpty().allSatisfy(type -> assertThat(module(type)).as(type.getName()).isEqualTo(home));
  }

  /// The one cycle: a checkpoint's folder asks its family how the configuration is read, and a family is written in terms of
  /// the specification beside it.
  @Test
  void packages_allOfThem_areFreeOfCycles() {
    Stream<String> packages = CLASSES.stream().map(JavaClass::getPackageName).distinct();
    assertThat(packages).hasSizeGreaterThan(ARROWS.size());
    slices()
        .matching(ROOT + "(**)")
        .should()
        .beFreeOfCycles()
        .ignoreDependency(resideInAPackage(ROOT + "model"), resideInAPackage(ROOT + "model.families"))
        .check(CLASSES);
  }

  private static String module(JavaClass type) {
    String below = type.getPackageName().substring(ROOT.length());
    if (below.startsWith("inference.torch")) {
      return "inference.torch";
    }
    int dot = below.indexOf('.');
    return dot < 0 ? below : below.substring(0, dot);
  }

  private static Set<String> reachable(String module) {
    Set<String> reached = new HashSet<>();
    for (String next : ARROWS.getOrDefault(module, Set.of())) {
      reached.add(next);
      reached.addAll(reachable(next));
    }
    return reached;
  }
}
