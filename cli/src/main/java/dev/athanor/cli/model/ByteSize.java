package dev.athanor.cli.model;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A number of bytes as people write it: "5GB", "500 MB", "1.5GiB", "65536".
public record ByteSize(long bytes) {
  private static final Pattern TEXT = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([KMGT]?)(i?)B?", Pattern.CASE_INSENSITIVE);

  public static final class Converter implements ITypeConverter<ByteSize> {
    @Override
    public ByteSize convert(String text) {
      Matcher matcher = TEXT.matcher(text.strip());
      if (!matcher.matches()) {
        throw new TypeConversionException("'" + text + "' is no size such as 500MB or 5GB");
      }
      int power = "KMGT".indexOf(matcher.group(2).toUpperCase(Locale.ROOT)) + (matcher.group(2).isEmpty() ? 0 : 1);
      double unit = Math.pow(matcher.group(3).isEmpty() ? 1000 : 1024, power);
      double bytes = Double.parseDouble(matcher.group(1)) * unit;
      if (bytes < 1 || bytes > Long.MAX_VALUE / 2.0) {
        throw new TypeConversionException("'" + text + "' is not between a byte and 4 EB");
      }
      return new ByteSize((long) bytes);
    }
  }
}
