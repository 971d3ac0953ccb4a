package dev.athanor.data.privacy;

import java.util.Set;

/// Street addresses: [省][市][区][镇] 路 N 号 [N 号楼][N 单元][N 室], and the houses of an estate, 小区 N 栋 N 单元 N 室.
final class ChineseAddresses {
  private static final String ROADS = "路街道巷弄里村屯坊胡同段条";
  private static final String ADMINISTRATIVE = "省市区县旗镇乡州盟";
  private static final String ESTATES = "区园苑庭城厦寓墅村居府湾院";
  /// A name does not go across these.
  private static final String STOPS = "在于是至到从往和与及位将的了我你他她住寄送去由向为";
  private static final String NUMERALS = "零〇一二三四五六七八九十百";
  private static final String PARTS = "楼栋幢座室层户房元院号";
  private static final int MOST = 40;

  private ChineseAddresses() {}

  /// Called at 号: a road's name and a number must stand before it.
  static void number(Passage passage, int at, int end) {
    int digits = at;
    while (digits > at - 6 && isNumber(passage.at(digits - 1))) {
      digits--;
    }
    char road = passage.at(digits - 1);
    if (digits == at || ROADS.indexOf(road) < 0 || road == '\0' || !Fold.isHan(passage.at(digits - 2))) {
      return;
    }
    if ("线车出".indexOf(passage.at(end)) >= 0 || (road == '道' && "频赛跑轨车".indexOf(passage.at(digits - 2)) >= 0)) {
      return;
    }
    whole(passage, digits - 1, end, "road and number");
  }

  /// Called at 栋 and 幢: an estate's name and a number must stand before it, and a room after it.
  static void house(Passage passage, int at, int end) {
    int digits = at;
    while (digits > at - 4 && (isNumber(passage.at(digits - 1)) || Fold.isLetter(passage.at(digits - 1)))) {
      digits--;
    }
    char estate = passage.at(digits - 1);
    int last = parts(passage, end);
    if (digits < at && estate != '\0' && ESTATES.indexOf(estate) >= 0 && Fold.isHan(passage.at(digits - 2)) && last > end) {
      whole(passage, digits - 1, end, "estate and house");
    }
  }

  private static boolean isNumber(char c) {
    return Fold.isDigit(c) || c == '-' || NUMERALS.indexOf(c) >= 0;
  }

  /// @param road the last character of the road's or estate's name
  private static void whole(Passage passage, int road, int end, String why) {
    int left = road;
    while (left > road - MOST && (Fold.isHan(passage.at(left - 1)) || (Fold.isDigit(passage.at(left - 1)) && ROADS.indexOf(passage.at(left)) >= 0))) {
      left--;
    }
    String before = passage.half(left, road);
    int start = -1;
    boolean administrative = false;
    for (String name : Regions.NAMES) {
      int found = before.indexOf(name);
      if (found >= 0 && (start < 0 || found < start)) {
        start = found;
        administrative = true;
      }
    }
    if (start < 0) {
      int marker = firstMarker(before);
      administrative = marker >= 0;
      start = nameStart(before, marker >= 0 ? marker : before.length());
    }
    int from = left + start;
    int to = parts(passage, end);
    boolean labelled = passage.before(from + 1, Set.of(Cue.ADDRESS), 12) == Cue.ADDRESS;
    if (from >= road || before.contains("无名")) {
      return;
    }
    double confidence = (administrative ? 0.85 : 0.55) + (labelled ? 0.1 : 0) + (to > end ? 0.04 : 0);
    passage.add(PiiKind.ADDRESS, from, to, confidence, (administrative ? "district, " : "") + why);
  }

  private static int firstMarker(String before) {
    for (int i = 1; i < before.length(); i++) {
      if (ADMINISTRATIVE.indexOf(before.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  /// Where a name that ends before `marker` begins: behind a stop, a word for an address, or four characters earlier.
  private static int nameStart(String before, int marker) {
    int least = Math.max(0, marker - 4);
    int start = least;
    for (int i = Math.max(0, marker - 5); i < marker - 1; i++) {
      char c = before.charAt(i);
      if (STOPS.indexOf(c) >= 0 || c == '址' || c == '处') {
        start = i + 1;
      }
    }
    return Math.min(start, marker);
  }

  /// Behind 3号楼2单元501室 and their like, with the name of a building before.
  private static int parts(Passage passage, int end) {
    int stop = end;
    for (int part = 0; part < 5; part++) {
      int i = stop;
      int digits = 0;
      while (i < stop + 12 && (Fold.isHan(passage.at(i)) || Fold.isAlnum(passage.at(i)) || passage.at(i) == '-')) {
        char c = passage.at(i);
        if (digits > 0 && PARTS.indexOf(c) >= 0) {
          break;
        }
        digits = isNumber(c) || (Fold.isLetter(c) && digits == 0) ? digits + 1 : c == '单' ? digits : 0;
        i++;
      }
      if (digits == 0 || PARTS.indexOf(passage.at(i)) < 0 || passage.at(i) == '\0') {
        break;
      }
      stop = i + 1;
      if (passage.at(stop) == '楼' || passage.at(stop) == '院' || passage.at(stop) == '房') {
        stop++;
      }
    }
    return stop;
  }
}
