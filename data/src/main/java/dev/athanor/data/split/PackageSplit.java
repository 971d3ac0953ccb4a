package dev.athanor.data.split;

import dev.athanor.data.CommentSyntax;
import dev.athanor.data.Document;
import dev.athanor.data.SplitMix64;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Splits packages into train, validation and test, so that a test file's siblings do not stand in train.
///
/// The unit is an origin's package (its `package` declaration; the folder for other files). Within each origin, packages are
/// drawn in the order of a seeded hash into test, then into validation, until the shares are reached; so every origin, and
/// with it every language, is in every split where it has packages small enough. A document with a near-duplicate in another
/// unit always goes to train: joining such units instead would make one giant unit of all shaded copies.
///
/// @param validationShare of the bytes of each origin
/// @param testShare of the bytes of each origin
public record PackageSplit(double validationShare, double testShare, long seed) {
  /// A package may overshoot the share by this factor; a larger one stays in train while smaller ones are left.
  private static final double OVERSHOOT = 1.5;

  public PackageSplit {
    if (!(validationShare >= 0) || !(testShare >= 0) || validationShare + testShare >= 1) {
      throw new IllegalArgumentException(
          "validation and test shares must not be negative and must leave something to train on, not "
              + validationShare + " and " + testShare);
    }
  }

  /// A package of an origin.
  ///
  /// @param name of origin and package, unique
  /// @param cleanBytes of the documents that have no near-duplicate in another package: what may be held out
  record Unit(String origin, String name, long cleanBytes) {}

  /// The part that each unit is drawn into, by its name; units that are not named go to train.
  ///
  /// @param totals bytes of each origin's documents
  Map<String, Part> assign(List<Unit> units, Map<String, Long> totals) {
    var byOrigin = new TreeMap<String, List<Unit>>();
    units.forEach(unit -> byOrigin.computeIfAbsent(unit.origin, _ -> new ArrayList<>()).add(unit));
    var parts = new HashMap<String, Part>();
    byOrigin.forEach((origin, some) -> assignOrigin(some, totals.getOrDefault(origin, 0L), parts));
    return parts;
  }

  private void assignOrigin(List<Unit> all, long total, Map<String, Part> parts) {
    List<Unit> units =
        all.stream()
            .filter(unit -> unit.cleanBytes > 0)
            .sorted(Comparator.comparingLong((Unit unit) -> SplitMix64.hash(unit.name, seed)).thenComparing(Unit::name))
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

  /// The name of the unit that a document belongs to.
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
