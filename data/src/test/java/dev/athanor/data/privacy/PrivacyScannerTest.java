package dev.athanor.data.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.data.SplitMix64;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrivacyScannerTest {
  private static final PrivacyScanner SCANNER = PrivacyScanner.standard();

  private static String told(String text) {
    return SCANNER.find(text).stream().map(finding -> finding.kind() + " " + finding.in(text)).collect(Collectors.joining("; "));
  }

  @Test
  void find_residentId_needsChecksumDateAndRegion() {
    assertThat(told("11010519491231002X")).isEqualTo("RESIDENT_ID 11010519491231002X");
    assertThat(told("110105194912310021")).isEmpty();
    // The checksum holds for both, but there is no 30 February and no province 99.
    String noDay = "11010519490230002";
    String noRegion = "99010519491231002";
    assertThat(told(noDay + Checksums.residentCheck(noDay))).isEmpty();
    assertThat(told(noRegion + Checksums.residentCheck(noRegion))).isEmpty();
    assertThat(told("110105491231002")).isEmpty();
    assertThat(told("身份证110105491231002")).isEqualTo("RESIDENT_ID 110105491231002");
  }

  @Test
  void find_fullWidth_isTheSameAsHalfWidth() {
    assertThat(told("身份证号：１１０１０５１９４９１２３１００２Ｘ")).isEqualTo("RESIDENT_ID １１０１０５１９４９１２３１００２Ｘ");
    assertThat(told("邮箱ｚｈａｎｇ＠ｃｏｎｔｏｓｏ．ｃｏｍ")).isEqualTo("EMAIL ｚｈａｎｇ＠ｃｏｎｔｏｓｏ．ｃｏｍ");
  }

  @Test
  void find_wordsBeside_decideWhatANumberIs() {
    assertThat(told("订单号13800138000")).isEmpty();
    assertThat(told("手机13800138000")).isEqualTo("PHONE 13800138000");
    assertThat(told("订单号13800138000，手机13912345678")).isEqualTo("PHONE 13912345678");
    assertThat(told("hotel 2125550143")).isEmpty();
    assertThat(told("tel 2125550143")).isEqualTo("PHONE 2125550143");
    assertThat(told("version 47.12.9.3")).isEmpty();
    assertThat(told("from 47.112.9.3")).isEqualTo("IP 47.112.9.3");
  }

  @Test
  void find_serviceNumbers_onlyWhenAsked() {
    String text = "客服热线400-820-8820";
    assertThat(told(text)).isEmpty();
    var asked = new PrivacyScanner(EnumSet.of(PiiKind.PHONE), 0.5, List.of("CN"), true);
    assertThat(asked.find(text)).extracting(finding -> finding.in(text)).containsExactly("400-820-8820");
  }

  @Test
  void find_regions_decideWhichNationalFormsAreRead() {
    String text = "phone: 0171 5555555";
    assertThat(new PrivacyScanner(EnumSet.of(PiiKind.PHONE), 0.5, List.of("DE"), false).find(text)).hasSize(1);
    assertThatThrownBy(() -> PrivacyScanner.requireRegions(List.of("Germany")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("regions must be ISO 3166 codes such as CN, US and GB, not 'Germany'");
  }

  @Test
  void find_overlaps_theSurerThenTheLongerStays() {
    assertThat(told("postgres://svc:k3yK3y99@db.contoso.com/x")).isEqualTo("URL_CREDENTIALS svc:k3yK3y99");
    assertThat(told("微信：13912345678")).isEqualTo("PHONE 13912345678");
  }

  @Test
  void find_supplementaryCodePoints_boundsStayAtTheirEnds() {
    String text = "😀📧a.b@contoso.com😀 𠮷13912345678𠮷 电话😀";
    assertThat(told(text)).isEqualTo("EMAIL a.b@contoso.com; PHONE 13912345678");
    assertThat(told("\uD83D@\uDE00 \uD83D")).isEmpty();
  }

  @Test
  void find_privateKeyWithHeaders_isTakenWhole() {
    String key = "-----BEGIN RSA " + "PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A\n\n" + ("q7Rs".repeat(16) + "\n").repeat(4) + "-----END RSA PRIVATE KEY-----";
    assertThat(told("x\n" + key + "\ny")).isEqualTo("PRIVATE_KEY " + key);
  }

  @Test
  void find_kindsNotWanted_areNotFound() {
    var onlyMail = new PrivacyScanner(EnumSet.of(PiiKind.EMAIL), 0.5, List.of("CN"), false);
    assertThat(onlyMail.find("a@contoso.com 手机13912345678")).extracting(Finding::kind).containsExactly(PiiKind.EMAIL);
    assertThat(new PrivacyScanner(EnumSet.noneOf(PiiKind.class), 0.5, List.of("CN"), false).find("a@contoso.com")).isEmpty();
  }

  /// A finding must not depend on where blocks of 32,768 characters end.
  @ParameterizedTest
  @ValueSource(ints = {-160, -30, -19, -18, -9, -1, 0, 1, 7})
  void find_acrossABlocksEnd_isFound(int shift) {
    String head = "。".repeat((1 << 15) + shift);
    String text = head + "身份证号：11010519491231002X，订单号13800138000";
    assertThat(SCANNER.find(text)).extracting(finding -> finding.in(text)).containsExactly("11010519491231002X");
  }

  static Stream<String> hostile() {
    return Stream.of(
        "1", "12", "@", "a@", "1.", "1-", "1 ", "12 34 ", "：", "::", ":", "-", "aa:", "2001:", "http://", "http://a:", "-----BEGIN PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----\nA",
        "eyJ", "eyJhbGci.", "password=", "password='", "AKIA", "sk-", "<<", "P<", "路1号", "号", "一", "1号", "京A", "微信", "QQ1", "姓名：", "Name: A ", "1 A ", "GB82", "bc1", "0x", " at ",
        "a at b dot ", "+1", "(1)", "13800138000", "13800138000 ", "622202", "E12345678 护照", "born 1 ", "手机1", "a.a@a.a.", "\uD83D\uDE00", "\uD83D", "栋", "区1栋", "1\n", "9111");
  }

  /// Counts, not seconds: what is read of 256 Ki units stays below so many a unit, and four times the text costs four times as much.
  @ParameterizedTest
  @MethodSource("hostile")
  void find_hostileRuns_readsEachCharacterABoundedNumberOfTimes(String unit) {
    String text = unit.repeat((1 << 18) / unit.length());
    long quarter = SCANNER.steps(text.substring(0, text.length() / 4));
    long whole = SCANNER.steps(text);
    assertThat(whole).isLessThan(400L * text.length());
    assertThat(whole).isLessThan(5 * quarter);
  }

  @Test
  void find_randomTexts_neverThrowsAndSpansAreInOrder() {
    String alphabet = "0123456789012345678901234567890123456789-. ()+@:/=\"'\nXxEGaAbB省市路号栋室微信姓名：电话京沪＠１２😀<_,$";
    int[] codePoints = alphabet.codePoints().toArray();
    var random = new SplitMix64(7);
    for (int round = 0; round < 3_000; round++) {
      var text = new StringBuilder();
      int length = random.below(120);
      for (int i = 0; i < length; i++) {
        text.appendCodePoint(codePoints[random.below(codePoints.length)]);
      }
      String whole = text.toString();
      int last = 0;
      for (Finding finding : SCANNER.find(whole)) {
        assertThat(finding.span().from()).isGreaterThanOrEqualTo(last);
        assertThat(finding.span().to()).isLessThanOrEqualTo(whole.length()).isGreaterThan(finding.span().from());
        last = finding.span().to();
      }
    }
  }

  @Test
  void triggers_allOfThem_areFoldedAndNoLongerThanContextKnows() {
    List<Trigger> triggers = Triggers.all(new Phones(List.of("CN"), false));
    assertThat(triggers).hasSizeGreaterThan(300).allSatisfy(trigger -> {
      assertThat(trigger.word().length()).isBetween(1, Passage.MOST_WORD);
      trigger.word().chars().forEach(c -> assertThat(Fold.fold((char) c)).isEqualTo((char) c));
    });
  }
}
