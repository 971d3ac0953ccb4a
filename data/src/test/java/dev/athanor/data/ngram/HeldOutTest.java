package dev.athanor.data.ngram;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeldOutTest {
  @Test
  void texts_aShare_isPutAsideByContent() {
    List<String> texts = IntStream.range(0, 2000).mapToObj(i -> "text " + i).toList();
    var heldOut = new HeldOut(texts.iterator(), 0.1);
    List<String> rest = new ArrayList<>();
    heldOut.forEachRemaining(rest::add);
    assertThat(heldOut.documents()).hasSizeBetween(150, 250);
    List<String> all = new ArrayList<>(rest);
    all.addAll(heldOut.documents());
    assertThat(all).containsExactlyInAnyOrderElementsOf(texts);
    var reversed = new HeldOut(texts.reversed().iterator(), 0.1);
    reversed.forEachRemaining(text -> assertThat(heldOut.documents()).doesNotContain(text));
    var none = new HeldOut(texts.iterator(), 0);
    none.forEachRemaining(text -> assertThat(text).isNotEmpty());
    assertThat(none.documents()).isEmpty();
  }
}
