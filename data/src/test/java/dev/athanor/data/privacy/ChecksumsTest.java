package dev.athanor.data.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Published examples: GB 11643's own, ISO 13616's and ICAO 9303's, card networks' test numbers, BIP 173's.
class ChecksumsTest {
  @Test
  void resident_exampleOfTheStandard_hasItsCheckCharacter() {
    // 1·7+1·9+0+1·5+0+5·4+1·2+9·1+4·6+9·3+1·7+2·9+3·10+1·5+0+0+2·2 = 167 = 15·11 + 2, and the map's third character is X.
    assertThat(Checksums.residentCheck("11010519491231002")).isEqualTo('X');
    assertThat(Checksums.resident("11010519491231002X")).isTrue();
    assertThat(Checksums.resident("11010519491231002x")).isTrue();
    assertThat(Checksums.resident("34052419800101001X")).isTrue();
    assertThat(Checksums.resident("440524188001010014")).isTrue();
    assertThat(Checksums.resident("440524188001010015")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"4111111111111111", "5555555555554444", "378282246310005", "6011111111111117", "3566002020360505", "79927398713"})
  void luhn_published_holdsAndNoOtherLastDigitDoes(String number) {
    for (char last = '0'; last <= '9'; last++) {
      String changed = number.substring(0, number.length() - 1) + last;
      assertThat(Checksums.luhn(changed)).isEqualTo(changed.equals(number));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GB82WEST12345698765432", "DE89370400440532013000", "NL91ABNA0417164300", "FR1420041010050500013M02606", "BE68539007547034"})
  void iban_published_holdsAndSwappedDigitsDoNot(String iban) {
    assertThat(Checksums.iban(iban)).isTrue();
    String swapped = iban.substring(0, 2) + iban.charAt(3) + iban.charAt(2) + iban.substring(4);
    assertThat(Checksums.iban(swapped)).isEqualTo(swapped.equals(iban));
  }

  @Test
  void credit_publishedCode_hasItsCheckCharacter() {
    // The example that guides to GB 32100-2015 give; a code with letters outside its alphabet.
    assertThat(Checksums.creditCheck("91350100M000100Y4")).isEqualTo('3');
    assertThat(Checksums.creditCheck("91110000100000IO1")).isEqualTo('\0');
  }

  @ParameterizedTest
  @CsvSource({"L898902C3,6", "740812,2", "120415,9", "ZE184226B<<<<<,1"})
  void machineReadable_specimenOfTheStandard_hasItsDigits(String field, char check) {
    assertThat(Checksums.machineReadable(field)).isEqualTo(check);
  }

  @Test
  void wallets_published_holdAndChangedOnesDoNot() {
    assertThat(Checksums.base58("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")).isTrue();
    assertThat(Checksums.base58("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy")).isTrue();
    assertThat(Checksums.base58("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb")).isFalse();
    assertThat(Checksums.bech32("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")).isTrue();
    assertThat(Checksums.bech32("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0")).isTrue();
    assertThat(Checksums.bech32("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5")).isFalse();
  }

  @Test
  void date_leapYears_areTheCalendars() {
    assertThat(Checksums.date("20000229")).isTrue();
    assertThat(Checksums.date("19000229")).isFalse();
    assertThat(Checksums.date("20230431")).isFalse();
    assertThat(Checksums.date(1899, 1, 1)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"110101,true", "990101,false", "110100,false", "110000,false", "830000,true", "659001,true", "449001,true", "008001,false"})
  void county_sixDigits_areAllowedByProvinceAndRange(String digits, boolean allowed) {
    assertThat(Regions.county(digits)).isEqualTo(allowed);
  }

  /// Of today, abolished ones (Beijing's Chongwen, Shanghai's Nanhui, Wanxian before Chongqing was a province), and none.
  @ParameterizedTest
  @CsvSource({"110101,true", "110103,true", "310119,true", "512221,true", "659001,true", "830000,true", "460001,true", "117001,false", "110199,false", "110100,false", "000000,false"})
  void listed_sixDigits_areCountiesOfAnyYear(String digits, boolean listed) {
    assertThat(Regions.listed(digits)).isEqualTo(listed);
  }

  @Test
  void listed_allDigits_areAboutSixThousandAndAllowedByRange() {
    int count = 0;
    for (int code = 0; code < 1_000_000; code++) {
      String digits = "%06d".formatted(code);
      if (Regions.listed(digits)) {
        count++;
        assertThat(Regions.county(digits)).as(digits).isTrue();
      }
    }
    assertThat(count).isBetween(6000, 8000);
  }
}
