package dev.athanor.registry;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Where a model comes from.
///
/// @param artifacts those that the model was made from, and no others of its run, in the order of the stages
public record Lineage(Model model, RunRecord run, List<ArtifactRecord> artifacts) {
  private static final int SHOWN = 12;

  public Lineage {
    artifacts = List.copyOf(artifacts);
  }

  /// The whole as a tree of text: the model, its run, and below each artifact what it was made from. An artifact that
  /// stands there already is named only.
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append("%s  %s\n".formatted(model.id(), model.path()));
    text.append("  sha256    %s\n".formatted(model.sha256()));
    text.append("  released  %s\n".formatted(model.released()));
    text.append("  run       %s  %s  code %s\n".formatted(run.id(), run.folder(), run.codeVersion()));
    new TreeMap<>(model.scores()).forEach((metric, score) -> text.append("  %s  %s\n".formatted(metric, score)));
    Optional<ArtifactRecord> root = find(model.artifactDigest());
    root.ifPresentOrElse(
        artifact -> branch(text, artifact, "", true, new HashSet<>()),
        () -> text.append("└─ artifact %s is not recorded\n".formatted(shown(model.artifactDigest()))));
    return text.toString();
  }

  private Optional<ArtifactRecord> find(String digest) {
    return artifacts.stream().filter(artifact -> artifact.digest().equals(digest)).findFirst();
  }

  private void branch(StringBuilder text, ArtifactRecord artifact, String indent, boolean last, Set<String> shown) {
    boolean first = shown.add(artifact.stage());
    text.append(indent).append(last ? "└─ " : "├─ ").append(artifact.stage());
    text.append("  ").append(shown(artifact.digest()));
    text.append(first ? "  " + artifact.created() + "\n" : "  (above)\n");
    if (first) {
      inputs(text, artifact, indent + (last ? "   " : "│  "), shown);
    }
  }

  private void inputs(StringBuilder text, ArtifactRecord artifact, String indent, Set<String> shown) {
    var inputs = List.copyOf(new TreeMap<>(artifact.inputs()).entrySet());
    for (int i = 0; i < inputs.size(); i++) {
      boolean last = i == inputs.size() - 1;
      String stage = inputs.get(i).getKey();
      String digest = inputs.get(i).getValue();
      artifacts.stream()
          .filter(input -> input.stage().equals(stage) && input.digest().equals(digest))
          .findFirst()
          .ifPresentOrElse(
              input -> branch(text, input, indent, last, shown),
              () ->
                  text.append(indent)
                      .append("%s%s  %s  (not recorded)\n".formatted(last ? "└─ " : "├─ ", stage, shown(digest))));
    }
  }

  private static String shown(String digest) {
    return digest.substring(0, Math.min(SHOWN, digest.length()));
  }
}
