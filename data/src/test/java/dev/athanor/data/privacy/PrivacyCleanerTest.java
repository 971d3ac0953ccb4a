package dev.athanor.data.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.data.Document;
import dev.athanor.data.Documents;
import dev.athanor.data.flow.Span;
import dev.athanor.data.flow.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PrivacyCleanerTest {
  private static final List<String> REGIONS = List.of("CN", "US", "GB");
  private static final PrivacyLimit NONE = new PrivacyLimit(Integer.MAX_VALUE, 1);
  private static final byte[] KEY = "a key of sixteen bytes or more".getBytes(StandardCharsets.UTF_8);

  private static PrivacyCleaner cleaner(PrivacyAction action) {
    return new PrivacyCleaner(PrivacyScanner.standard(), PrivacyActions.all(action), NONE, KEY, REGIONS);
  }

  private static Document kept(PrivacyCleaner cleaner, String text) {
    return switch (cleaner.apply(Documents.prose("d", text))) {
      case Verdict.Kept(Document document, _) -> document;
      case Verdict.Dropped dropped -> throw new AssertionError(dropped);
    };
  }

  @Test
  void apply_everyAction_replacesThatAndNothingElse() {
    String text = "写信给 li.lei@contoso.com，或致电138-0013-8000。";
    assertThat(kept(cleaner(PrivacyAction.REMOVE), text).text()).isEqualTo("写信给 ，或致电。");
    assertThat(kept(cleaner(PrivacyAction.MASK), text).text()).isEqualTo("写信给 <EMAIL>，或致电<PHONE>。");
    assertThat(kept(cleaner(PrivacyAction.MASK_FORMAT), text).text()).isEqualTo("写信给 **.***@*******.***，或致电***-****-****。");
    assertThat(kept(cleaner(PrivacyAction.KEEP), text).text()).isEqualTo(text);
    assertThat(kept(cleaner(PrivacyAction.PSEUDONYM), text).text()).matches("写信给 [a-z]+[0-9]+@example\\.(com|org|net)，或致电12[0-9]-[0-9]{4}-[0-9]{4}。");
    assertThat(kept(cleaner(PrivacyAction.KEEP), text).metadata()).containsOnly(Map.entry("pii.email", "1"), Map.entry("pii.phone", "1"));
  }

  @Test
  void apply_actionOff_isNotLookedFor() {
    PrivacyActions off = PrivacyActions.all(PrivacyAction.OFF);
    assertThat(off.wanted()).isEmpty();
    assertThat(PrivacyActions.all(PrivacyAction.MASK).wanted()).isEqualTo(EnumSet.allOf(PiiKind.class));
  }

  @Test
  void apply_nothingFound_isTheSameDocument() {
    Document document = Documents.prose("d", "北京 is a city. 1 + 1 = 2.");
    assertThat(cleaner(PrivacyAction.MASK).apply(document)).isEqualTo(new Verdict.Kept(document));
  }

  @Test
  void apply_aboveALimit_dropsWithSpans() {
    var scanner = PrivacyScanner.standard();
    PrivacyActions mask = PrivacyActions.all(PrivacyAction.MASK);
    Document list = Documents.prose("d", "a@contoso.com b@contoso.com");
    var byCount = new PrivacyCleaner(scanner, mask, new PrivacyLimit(1, 1), KEY, REGIONS);
    assertThat(byCount.apply(list))
        .isEqualTo(new Verdict.Dropped("personal data", "2 findings (2 email), 96.3 % of the text", List.of(new Span(0, 13), new Span(14, 27)), Map.of("email", 2)));
    var byShare = new PrivacyCleaner(scanner, mask, new PrivacyLimit(9, 0.5), KEY, REGIONS);
    assertThat(byShare.apply(list)).isInstanceOf(Verdict.Dropped.class);
    assertThat(byShare.apply(Documents.prose("d", "write to a@contoso.com, would you?"))).isInstanceOf(Verdict.Kept.class);
  }

  /// On the whole labelled set: a second pass finds nothing more and changes nothing, and what is not found is not touched.
  @ParameterizedTest
  @EnumSource(value = PrivacyAction.class, names = {"MASK", "MASK_FORMAT", "PSEUDONYM"})
  void apply_twice_isOnce(PrivacyAction action) {
    PrivacyCleaner cleaner = cleaner(action);
    PrivacyScanner scanner = PrivacyScanner.standard();
    for (LabelledText labelled : LabelledText.all()) {
      String once = kept(cleaner, labelled.text()).text();
      assertThat(scanner.find(once)).as("%s → %s", labelled.text(), once).isEmpty();
      int at = 0;
      int from = 0;
      for (Finding finding : scanner.find(labelled.text())) {
        String between = labelled.text().substring(from, finding.span().from());
        int found = once.indexOf(between, at);
        assertThat(found).as("'%s' in %s", between, once).isGreaterThanOrEqualTo(at);
        at = found + between.length();
        from = finding.span().to();
      }
      assertThat(once).endsWith(labelled.text().substring(from));
    }
  }

  @Test
  void pseudonyms_sameValue_sameReplacementHoweverWrittenAndOnAnyThread() {
    PrivacyCleaner cleaner = cleaner(PrivacyAction.PSEUDONYM);
    String plain = kept(cleaner, "手机13912345678").text();
    assertThat(kept(cleaner, "另一篇，手机13912345678").text()).endsWith(plain);
    assertThat(kept(cleaner, "手机139 1234 5678").text().replace(" ", "")).isEqualTo(plain);
    assertThat(kept(cleaner, "A.B@contoso.com").text()).isEqualTo(kept(cleaner, "a.b@Contoso.com").text());
    Set<String> seen = IntStream.range(0, 64).parallel().mapToObj(_ -> kept(cleaner, "手机13912345678").text()).collect(Collectors.toSet());
    assertThat(seen).containsExactly(plain);
  }

  @Test
  void pseudonyms_otherKeyOrValue_otherReplacement() {
    var other = new PrivacyCleaner(PrivacyScanner.standard(), PrivacyActions.all(PrivacyAction.PSEUDONYM), NONE, "another key".getBytes(StandardCharsets.UTF_8), REGIONS);
    String text = "手机13912345678";
    PrivacyCleaner cleaner = cleaner(PrivacyAction.PSEUDONYM);
    assertThat(kept(other, text).text()).isNotEqualTo(kept(cleaner, text).text());
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < 500; i++) {
      numbers.merge(kept(cleaner, "手机139" + (12_340_000 + i)).text(), 1, Integer::sum);
    }
    assertThat(numbers).hasSize(500);
  }

  @Test
  void pseudonyms_everyKind_keepTheFormAndCannotBeReal() {
    var names = new Pseudonyms(KEY, REGIONS);
    assertThat(names.of(PiiKind.RESIDENT_ID, "11010519491231002X")).matches("00[0-9]{15}[A-Z]");
    assertThat(names.of(PiiKind.BANK_CARD, "4111 1111 1111 1111")).matches("000[0-9]( [0-9]{4}){3}").satisfies(card -> assertThat(Checksums.luhn(card.replace(" ", ""))).isFalse());
    assertThat(names.of(PiiKind.IBAN, "GB82 WEST 1234 5698 7654 32")).matches("ZZ00( [A-Z]{4}){4} [A-Z]{2}");
    assertThat(names.of(PiiKind.SSN, "123-45-6789")).matches("000-[0-9]{2}-[0-9]{4}");
    assertThat(names.of(PiiKind.IP, "47.1.2.3")).matches("2[45][0-9](\\.[0-9]{1,3}){3}");
    assertThat(names.of(PiiKind.IP, "2400:cb00::1")).startsWith("2001:db8:");
    assertThat(names.of(PiiKind.MAC, "3c-11-22-33-44-55")).matches("[0-9a-f]2(-[0-9a-f]{2}){5}");
    assertThat(names.of(PiiKind.PLATE, "京A·12345")).matches("京I·[0-9]{5}");
    assertThat(names.of(PiiKind.PHONE, "+86 138 0013 8000")).matches("\\+86 00[0-9] [0-9]{4} [0-9]{4}").satisfies(phone -> assertThat(Phones.valid(phone, null)).isFalse());
    assertThat(names.of(PiiKind.PHONE, "(212) 555-0143")).matches("\\(0[0-9]{2}\\) [0-9]{3}-[0-9]{4}");
    assertThat(names.of(PiiKind.BIRTH_DATE, "1990年3月12日")).matches("18[0-9]{2}年[0-9]月[0-9]{2}日");
    assertThat(names.of(PiiKind.BIRTH_DATE, "April 12, 1982")).matches("[A-Z][a-z]+ [0-9]{2}, 18[0-9]{2}");
    assertThat(names.of(PiiKind.NAME, "张伟")).matches("某..");
    assertThat(names.of(PiiKind.NAME, "John Smith")).matches("[A-Z][a-z]{5} Doe");
    assertThat(names.of(PiiKind.CREDIT_CODE, "91350100M000100Y43")).hasSize(18).startsWith("00000000");
  }
}
