package dev.athanor.data.privacy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// China's administrative divisions as numbers and names begin with them, GB/T 2260.
///
/// Numbers keep the division of the day they were given, so the thousands of counties that were since renamed or joined are as good
/// as today's. Counties are listed in `divisions.txt` (`bench/peers/divisions.py`), all of them since 1980; for those that a list may lack,
/// provinces are a table, prefectures and counties ranges.
final class Regions {
  /// Two digits: north, north-east, east, south, south-west, north-west, Taiwan, and 81…83 of the residence permits of Hong Kong, Macao
  /// and Taiwan.
  private static final Set<String> PROVINCES =
      Set.of(
          "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44", "45", "46",
          "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83");

  static final List<String> NAMES =
      List.of(
          "北京", "天津", "上海", "重庆", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北",
          "湖南", "广东", "广西", "海南", "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆", "台湾", "香港", "澳门");

  private static final BitSet COUNTIES = counties();

  private Regions() {}

  /// From lines `1101 01-17 28-29`: a prefecture and its counties.
  private static BitSet counties() {
    var counties = new BitSet(900_000);
    try (InputStream in = Objects.requireNonNull(Regions.class.getResourceAsStream("divisions.txt"), "divisions.txt")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList()) {
        int prefecture = 100 * Integer.parseInt(line.substring(0, 4));
        for (int at = 5; at < line.length(); at += 3) {
          int from = Integer.parseInt(line.substring(at, at + 2));
          boolean range = at + 2 < line.length() && line.charAt(at + 2) == '-';
          at += range ? 3 : 0;
          counties.set(prefecture + from, prefecture + Integer.parseInt(line.substring(at, at + 2)) + 1);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read divisions.txt", e);
    }
    return counties;
  }

  /// Whether six digits are, or were since 1980, a county; or what the permits of Hong Kong, Macao and Taiwan begin with.
  static boolean listed(String digits) {
    return COUNTIES.get(Integer.parseInt(digits)) || (digits.endsWith("0000") && county(digits));
  }

  /// Whether six digits can be a county: listed ones, as Hainan's of 1988 without a prefecture; else prefectures are 01…70 and 90, counties
  /// 01…99; 810000, 820000 and 830000 have neither.
  static boolean county(String digits) {
    if (COUNTIES.get(Integer.parseInt(digits))) {
      return true;
    }
    String province = digits.substring(0, 2);
    if (!PROVINCES.contains(province)) {
      return false;
    }
    if (digits.endsWith("0000")) {
      return province.startsWith("8");
    }
    int prefecture = Integer.parseInt(digits.substring(2, 4));
    return ((prefecture >= 1 && prefecture <= 70) || prefecture == 90) && !digits.endsWith("00");
  }

  /// Whether six digits can be a registration authority's place: as `county`, and whole provinces and prefectures too.
  static boolean authority(String digits) {
    return PROVINCES.contains(digits.substring(0, 2)) || digits.equals("100000");
  }
}
