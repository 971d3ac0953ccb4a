package dev.athanor.base.recipe;

import dev.athanor.base.UserException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// Collects what is wrong with a recipe, so that all of it is told at once.
final class Problems {
  private record Problem(Position at, String message) {}

  private final List<Problem> problems = new ArrayList<>();

  void add(Position at, String message) {
    problems.add(new Problem(at, message));
  }

  int count() {
    return problems.size();
  }

  /// @throws UserException with one line for each problem, in the order of the file, when there is any
  void throwIfAny() {
    if (!problems.isEmpty()) {
      throw new UserException(
          problems.stream()
              .sorted(Comparator.comparing(Problem::at))
              .map(problem -> problem.at() + ": " + problem.message())
              .collect(Collectors.joining("\n")));
    }
  }
}
