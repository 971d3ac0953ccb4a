package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.inference.EntityLabels.Word;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntityLabelsTest {
  /// Word i stands at 10 i … 10 i + 5; entities are told as kind and words.
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        // IOB2
        "O B-PER I-PER O B-PER B-PER, PER1-2 PER4-4 PER5-5",
        "B-PER I-LOC I-LOC I-PER B-LOC, PER0-0 LOC1-2 PER3-3 LOC4-4",
        // IOB1: B only between neighbours
        "I-PER I-PER B-PER I-PER O I-LOC, PER0-1 PER2-3 LOC5-5",
        // BIOES, BILOU, BMES
        "S-PER S-PER B-PER I-PER E-PER I-PER O, PER0-0 PER1-1 PER2-4 PER5-5",
        "B-PER L-PER U-PER B-PER I-PER L-PER, PER0-1 PER2-2 PER3-5",
        "B-NAME M-NAME E-NAME S-NAME I-NAME, NAME0-2 NAME3-3 NAME4-4",
        // plain
        "PER PER O PER LOC LOC, PER0-1 PER3-3 LOC4-5",
        // a kind's own hyphen, and what only looks like a mark
        "B-E-MAIL I-E-MAIL S-BAHN S-BAHN O, E-MAIL0-1 S-BAHN2-3",
        "O O, ''"
      })
  void entities_everyScheme_areTold(String sequence, String expected) {
    List<String> names = List.of(sequence.split(" ", -1));
    List<String> known = new ArrayList<>(names.stream().distinct().toList());
    // A mark is one where the kind begins or goes on somewhere.
    EntityLabels labels = new EntityLabels(known);
    List<Word> words = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      words.add(new Word(10 * i, 10 * i + 5, known.indexOf(names.get(i)), 0.5));
    }
    List<String> told = labels.entities(words).stream().map(e -> e.kind() + e.from() / 10 + "-" + (e.to() - 5) / 10).toList();
    assertThat(String.join(" ", told)).isEqualTo(expected.replace("''", ""));
  }

  @Test
  void entities_severalWords_areAsSureAsTheirMean() {
    EntityLabels labels = new EntityLabels(List.of("O", "B-PER", "I-PER"));
    List<Entity> found = labels.entities(List.of(new Word(0, 2, 1, 0.9), new Word(3, 6, 2, 0.6)));
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().score()).isCloseTo(0.75, within(1e-12));
    assertThat(labels.kinds()).containsExactly("PER");
  }
}
