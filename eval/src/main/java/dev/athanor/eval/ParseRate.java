package dev.athanor.eval;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The share of generated methods that the JDK's own parser accepts.
///
/// @param rate accepted / total
/// @param verdicts how many answers met each verdict; all verdicts are listed
public record ParseRate(double rate, int accepted, int total, Map<GeneratedMethod.Verdict, Integer> verdicts) {
  /// @param methods at least one
  public static ParseRate of(List<GeneratedMethod> methods) {
    if (methods.isEmpty()) {
      throw new IllegalArgumentException("no share of nothing");
    }
    Map<GeneratedMethod.Verdict, Integer> verdicts = new EnumMap<>(GeneratedMethod.Verdict.class);
    for (GeneratedMethod.Verdict verdict : GeneratedMethod.Verdict.values()) {
      verdicts.put(verdict, 0);
    }
    methods.forEach(method -> verdicts.merge(method.verdict(), 1, Integer::sum));
    int accepted = verdicts.getOrDefault(GeneratedMethod.Verdict.ACCEPTED, 0);
    return new ParseRate((double) accepted / methods.size(), accepted, methods.size(), verdicts);
  }
}
