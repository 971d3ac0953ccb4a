package dev.athanor.model.families;

import dev.athanor.model.ModelSpec;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/// The tensors of a published checkpoint, told by renaming parts of our weights' names, and where that does not do, one by one.
/// Rules are tried in their order; each replaces the first place that it fits.
final class Layout {
  private record Rule(String ours, String published) {}

  private final List<Rule> rules = new ArrayList<>();
  private final SequencedMap<String, PublishedWeight> joined = new LinkedHashMap<>();
  private final Set<String> taken = new LinkedHashSet<>();
  private boolean transposing;

  /// Our names contain `ours` where the published ones say `published`; a rule may refine what an earlier one wrote.
  Layout rename(String ours, String published) {
    rules.add(new Rule(ours, published));
    return this;
  }

  /// Matrices of blocks are stored [in, out].
  Layout transposeMatrices() {
    transposing = true;
    return this;
  }

  /// These weights lie below each other in one tensor.
  Layout join(String published, String... ours) {
    joined.put(ours[0], new PublishedWeight(published, false, List.of(ours)));
    taken.addAll(Arrays.asList(ours));
    return this;
  }

  List<PublishedWeight> of(ModelSpec spec) {
    List<PublishedWeight> layout = new ArrayList<>();
    for (WeightSpec weight : WeightNames.weights(spec)) {
      String name = weight.name();
      PublishedWeight group = joined.get(name);
      if (group != null) {
        layout.add(new PublishedWeight(group.name(), transposes(weight), group.parts()));
      } else if (!taken.contains(name)) {
        layout.add(new PublishedWeight(published(name), transposes(weight), List.of(name)));
      }
    }
    return layout;
  }

  private boolean transposes(WeightSpec weight) {
    return transposing && weight.role() == WeightSpec.Role.MATRIX;
  }

  private String published(String name) {
    String result = name;
    for (Rule rule : rules) {
      int at = result.indexOf(rule.ours);
      if (at >= 0) {
        result = result.substring(0, at) + rule.published + result.substring(at + rule.ours.length());
      }
    }
    return result;
  }
}
