package dev.athanor.data.step;

import dev.athanor.data.CommentSyntax;
import dev.athanor.data.Document;
import dev.athanor.data.SplitMix64;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Splits documents into train, validation and test by package, so that a test file's siblings do not stand in train.
///
/// The unit is an origin's package (its `package` declaration; the folder for other files). Within each origin, packages are
/// drawn in the order of a seeded hash into test, then into validation, until the shares are reached; so every origin, and
/// with it every language, is in every split where it has packages small enough. A document with a near-duplicate in another
/// unit always goes to train: joining such units instead would make one giant unit of all shaded copies.
///
/// @param validationShare of the bytes of each origin
/// @param testShare of the bytes of each origin
public record PackageSplit(double validationShare, double testShare, long seed) {
  public static final PackageSplit DEFAULT = new PackageSplit(0.04, 0.04, 1);
  /// A package may overshoot the share by this factor; a larger one stays in train while smaller ones are left.
  private static final double OVERSHOOT = 1.5;

  public PackageSplit {
    if (!(validationShare >= 0) || !(testShare >= 0) || validationShare + testShare >= 1) {
      throw new IllegalArgumentException(
          "validation and test shares must not be negative and must leave something to train on, not "
              + validationShare + " and " + testShare);
    }
  }

  /// The split; each list keeps the order of the documents given.
  ///
  /// @param movedToTrain documents of held-out packages that have near-duplicates in other packages
  public record Parts(
      List<Document> train, List<Document> validation, List<Document> test, List<Document> movedToTrain) {}

  private enum Part {
    TRAIN,
    VALIDATION,
    TEST
  }

  private record Unit(String name, long order, long cleanBytes) {}

  /// @param leaders each document's id with that of its near-duplicate group, of `NearDuplicates.groups`
  public Parts split(List<Document> documents, Map<String, String> leaders) {
    Set<String> spread = groupsOverSeveralUnits(documents, leaders);
    Map<String, Part> parts = assign(documents, document -> !spread.contains(leader(document, leaders)));
    var result = new Parts(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (Document document : documents) {
      Part part = parts.getOrDefault(unit(document), Part.TRAIN);
      if (part != Part.TRAIN && spread.contains(leader(document, leaders))) {
        result.movedToTrain.add(document);
        part = Part.TRAIN;
      }
      switch (part) {
        case TRAIN -> result.train.add(document);
        case VALIDATION -> result.validation.add(document);
        case TEST -> result.test.add(document);
      }
    }
    return result;
  }

  private static String leader(Document document, Map<String, String> leaders) {
    return leaders.getOrDefault(document.id(), document.id());
  }

  private static Set<String> groupsOverSeveralUnits(List<Document> documents, Map<String, String> leaders) {
    var unitOf = new HashMap<String, String>();
    var spread = new HashSet<String>();
    for (Document document : documents) {
      String leader = leader(document, leaders);
      String unit = unit(document);
      if (!unitOf.computeIfAbsent(leader, key -> unit).equals(unit)) {
        spread.add(leader);
      }
    }
    return spread;
  }

  private Map<String, Part> assign(List<Document> documents, java.util.function.Predicate<Document> clean) {
    var byOrigin = new TreeMap<String, Map<String, Long>>();
    for (Document document : documents) {
      byOrigin
          .computeIfAbsent(document.origin(), key -> new TreeMap<>())
          .merge(unit(document), clean.test(document) ? utf8Bytes(document) : 0, Long::sum);
    }
    var totals = new HashMap<String, Long>();
    documents.forEach(document -> totals.merge(document.origin(), utf8Bytes(document), Long::sum));
    var parts = new HashMap<String, Part>();
    byOrigin.forEach((origin, units) -> assignOrigin(units, totals.getOrDefault(origin, 0L), parts));
    return parts;
  }

  private void assignOrigin(Map<String, Long> sizes, long total, Map<String, Part> parts) {
    List<Unit> units =
        sizes.entrySet().stream()
            .map(unit -> new Unit(unit.getKey(), SplitMix64.hash(unit.getKey(), seed), unit.getValue()))
            .filter(unit -> unit.cleanBytes > 0)
            .sorted(Comparator.comparingLong(Unit::order).thenComparing(Unit::name))
            .toList();
    fill(units, Part.TEST, testShare * total, total, parts);
    fill(units, Part.VALIDATION, validationShare * total, total, parts);
  }

  private static void fill(List<Unit> units, Part part, double target, long total, Map<String, Part> parts) {
    double filled = 0;
    for (Unit unit : units) {
      if (filled < target && filled + unit.cleanBytes <= OVERSHOOT * target && !parts.containsKey(unit.name)) {
        parts.put(unit.name, part);
        filled += unit.cleanBytes;
      }
    }
    if (filled == 0 && target > 0) {
      units.stream()
          .filter(unit -> !parts.containsKey(unit.name) && unit.cleanBytes * 4 <= total)
          .min(Comparator.comparingLong(Unit::cleanBytes).thenComparing(Unit::name))
          .ifPresent(unit -> parts.put(unit.name, part));
    }
  }

  private static long utf8Bytes(Document document) {
    return document.text().getBytes(StandardCharsets.UTF_8).length;
  }

  /// The origin and package that a document belongs to.
  static String unit(Document document) {
    return document.origin() + "!" + declaredPackage(document);
  }

  private static String declaredPackage(Document document) {
    return switch (document.language()) {
      case "java", "kotlin", "scala", "groovy" ->
          CommentSyntax.of(document.language())
              .withoutComments(document.text())
              .lines()
              .map(String::strip)
              .filter(line -> line.startsWith("package "))
              .findFirst()
              .map(line -> line.substring("package ".length()).replace(";", "").strip())
              .orElseGet(() -> folder(document));
      default -> folder(document);
    };
  }

  private static String folder(Document document) {
    int slash = document.path().lastIndexOf('/');
    return slash < 0 ? "" : document.path().substring(0, slash);
  }
}
