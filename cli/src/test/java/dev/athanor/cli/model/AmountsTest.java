package dev.athanor.cli.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.TypeConversionException;

class AmountsTest {
  @Test
  void countAndBytes_ofAnySize_areShort() {
    assertThat(Amounts.count(999_999)).isEqualTo("999,999");
    assertThat(Amounts.count(596_049_920)).isEqualTo("596.05 M");
    assertThat(Amounts.count(30_532_122_624L)).isEqualTo("30.53 B");
    assertThat(Amounts.bytes(999)).isEqualTo("999 B");
    assertThat(Amounts.bytes(115_400)).isEqualTo("115.4 KB");
    assertThat(Amounts.bytes(1_192_134_784)).isEqualTo("1.19 GB");
  }

  @ParameterizedTest
  @CsvSource({"1e6, '1,000,000'", "1e-6, 1e-06", "1e-12, 1e-12", "0.25, 0.25", "5.656854, 5.657", "10, 10", "1.5e-5, 1.5e-05"})
  void number_ofAnySize_hasNoIdleZeros(double value, String text) {
    assertThat(Amounts.number(value)).isEqualTo(text);
  }

  @Test
  void ranges_ofRisingNumbers_areShort() {
    assertThat(Amounts.ranges(List.of(3))).isEqualTo("3");
    assertThat(Amounts.ranges(List.of(0, 1, 2, 3, 7, 8, 10))).isEqualTo("0–3, 7, 8, 10");
    assertThat(Amounts.ranges(List.of(0, 2, 4, 6))).isEqualTo("0, 2, …, 6");
    assertThat(Amounts.ranges(List.of(1, 3))).isEqualTo("1, 3");
  }

  @ParameterizedTest
  @CsvSource({"5GB, 5000000000", "500 mb, 500000000", "1.5GiB, 1610612736", "65536, 65536", "10k, 10000"})
  void size_asPeopleWriteIt_isBytes(String text, long bytes) {
    assertThat(new ByteSize.Converter().convert(text)).isEqualTo(new ByteSize(bytes));
  }

  @ParameterizedTest
  @CsvSource({"GB", "0", "-5GB", "5 gigs", "99999999TB"})
  void size_thatIsNone_isRefused(String text) {
    assertThatThrownBy(() -> new ByteSize.Converter().convert(text)).isInstanceOf(TypeConversionException.class);
  }
}
