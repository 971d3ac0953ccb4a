package dev.athanor.data.privacy;

import java.util.Locale;
import java.util.Set;

/// Names of people beside words that say so: a form's field, "my name is", a salutation. Elsewhere a name may be anybody's, a
/// book's or a street's.
final class PersonNames {
  /// The most frequent Chinese surnames, about 99 % of the people, in the order of the Ministry of Public Security's reports.
  private static final String SURNAMES =
      "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易"
          + "乔赖文施洪季牛樊葛邢安齐庞颜倪庄聂章鲁岳翟申殷詹欧耿关兰焦俞左柳甘祝包宁阮纪尚童凌毕裴霍成苗曲谷骆盛冉蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶牟艾尤阳时穆农司古吉卓车简连缪项麦褚窦娄戚岑党宫卜景冷晏席";
  private static final Set<String> COMPOUND =
      Set.of("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "夏侯", "令狐", "宇文", "长孙", "端木", "南宫", "百里");
  private static final String COMPOUND_FIRSTS = "欧上司诸东皇尉公慕司夏令宇长端南百";
  /// What follows a name in a form and is none of it.
  private static final Set<String> FOLLOWING =
      Set.of("先生", "女士", "小姐", "老师", "医生", "经理", "性别", "电话", "手机", "联系", "身份", "年龄", "出生", "地址", "住址", "邮箱", "民族", "微信", "职务", "单位");
  /// Given names frequent in English, from the United States' and the United Kingdom's registers of names: a bare "Name:" needs one.
  private static final Set<String> GIVEN =
      Set.of(
          "james", "john", "robert", "michael", "william", "david", "richard", "joseph", "thomas", "charles", "daniel", "matthew", "anthony", "mark",
          "donald", "steven", "paul", "andrew", "joshua", "kenneth", "kevin", "brian", "george", "edward", "ronald", "timothy", "jason", "jeffrey",
          "ryan", "jacob", "gary", "nicholas", "eric", "jonathan", "stephen", "larry", "justin", "scott", "brandon", "benjamin", "samuel", "frank",
          "gregory", "raymond", "patrick", "alexander", "jack", "dennis", "jerry", "peter", "henry", "adam", "oliver", "harry", "mary", "patricia",
          "jennifer", "linda", "elizabeth", "barbara", "susan", "jessica", "sarah", "karen", "nancy", "lisa", "betty", "margaret", "sandra", "ashley",
          "dorothy", "kimberly", "emily", "donna", "michelle", "carol", "amanda", "melissa", "deborah", "stephanie", "rebecca", "laura", "sharon",
          "cynthia", "kathleen", "amy", "shirley", "angela", "helen", "anna", "brenda", "pamela", "nicole", "samantha", "katherine", "christine",
          "emma", "ruth", "catherine", "olivia", "sophie", "alice", "jane", "julia", "grace", "victoria", "claire", "maria", "jose", "juan", "carlos");
  private static final Set<String> NOT_NAMES = Set.of("doe", "the", "a", "an", "not", "no", "null", "none", "your", "first", "last", "full", "name");
  private static final int MOST_WORDS = 3;

  private PersonNames() {}

  /// One of the frequent ones, or the first of a compound one.
  static boolean isSurname(char c) {
    return SURNAMES.indexOf(c) >= 0 || COMPOUND_FIRSTS.indexOf(c) >= 0;
  }

  /// One of the frequent given names in English, whatever its capitals.
  static boolean isGiven(String word) {
    return GIVEN.contains(word.toLowerCase(Locale.ROOT));
  }

  /// Called at the name of a field: 姓名, "Full name".
  static void field(Passage passage, int at, int end) {
    int from = end;
    boolean colon = false;
    while (from < end + 6 && (passage.at(from) == ' ' || passage.at(from) == ':' || passage.at(from) == '\t' || passage.at(from) == '|')) {
      colon |= passage.at(from) == ':' || passage.at(from) == '|';
      from++;
    }
    if (!colon) {
      return;
    }
    if (Fold.isHan(passage.at(from))) {
      int stop = chinese(passage, from);
      if (stop > 0) {
        passage.add(PiiKind.NAME, from, stop, 0.85, "surname and given name in a field");
      }
      return;
    }
    int stop = english(passage, from);
    if (stop > 0) {
      boolean bare = passage.half(at, end).equalsIgnoreCase("name");
      boolean given = GIVEN.contains(firstWord(passage, from));
      String label = passage.half(at, end).toLowerCase(Locale.ROOT);
      boolean half = label.equals("first name") || label.equals("last name");
      boolean two = passage.half(from, stop).indexOf(' ') > 0;
      double confidence = bare ? (given && two ? 0.7 : 0.2) : given ? 0.88 : two ? 0.75 : half ? 0.6 : 0.4;
      passage.add(PiiKind.NAME, from, stop, confidence, "words with capitals in a field");
    }
  }

  /// Called at "my name is", 我叫.
  static void said(Passage passage, int at, int end) {
    int from = passage.at(end) == ' ' ? end + 1 : end;
    boolean han = Fold.isHan(passage.at(from));
    int stop = han ? chinese(passage, from) : english(passage, from);
    if (stop > 0 && (han || passage.at(end) == ' ')) {
      boolean likely = han || passage.half(from, stop).indexOf(' ') > 0 || GIVEN.contains(firstWord(passage, from));
      passage.add(PiiKind.NAME, from, stop, likely ? 0.75 : 0.4, "after words that introduce somebody");
    }
  }

  /// Called at "Mr." and its like: sure in a salutation only.
  static void title(Passage passage, int at, int end) {
    int from = end;
    while (from < end + 2 && (passage.at(from) == '.' || passage.at(from) == ' ')) {
      from++;
    }
    int stop = from == end ? -1 : english(passage, from);
    if (stop > 0 && Fold.isUpper(passage.at(at))) {
      boolean salutation = passage.at(at - 1) == ' ' && (passage.half(Math.max(0, at - 5), at).endsWith("Dear ") || passage.at(at - 2) == ':');
      passage.add(PiiKind.NAME, from, stop, salutation ? 0.75 : 0.4, "after a title");
    }
  }

  private static String firstWord(Passage passage, int from) {
    int i = from;
    while (i < from + 20 && Fold.isLetter(passage.at(i))) {
      i++;
    }
    return passage.half(from, i).toLowerCase(Locale.ROOT);
  }

  /// Where a surname with one or two characters more ends, or −1. What follows must not go on with the name.
  private static int chinese(Passage passage, int from) {
    String two = passage.half(from, Math.min(from + 2, passage.length()));
    int surname = COMPOUND.contains(two) ? 2 : SURNAMES.indexOf(passage.at(from)) >= 0 ? 1 : 0;
    if (surname == 0) {
      return -1;
    }
    int most = from + surname + 2;
    int i = from + surname;
    while (i < most && Fold.isHan(passage.at(i)) && !follows(passage, i)) {
      i++;
    }
    boolean ends = !Fold.isHan(passage.at(i)) || follows(passage, i);
    return i > from + surname && ends ? i : -1;
  }

  private static boolean follows(Passage passage, int at) {
    return at + 2 <= passage.length() && FOLLOWING.contains(passage.half(at, at + 2));
  }

  /// `TypeName`, but not O'Neill, McKay and their like: a capital behind a small letter, four letters in or later.
  private static boolean humps(Passage passage, int from, int to) {
    for (int i = from + 4; i < to; i++) {
      if (Fold.isUpper(passage.at(i)) && Fold.isLower(passage.at(i - 1))) {
        return true;
      }
    }
    return false;
  }

  /// Up to three words with a capital each; an initial may stand among them.
  private static int english(Passage passage, int from) {
    int stop = -1;
    int i = from;
    for (int word = 0; word < MOST_WORDS && Fold.isUpper(passage.at(i)); word++) {
      int begin = i;
      i++;
      while (i < begin + 20 && (Fold.isLetter(passage.at(i)) || passage.at(i) == '-' || passage.at(i) == '\'')) {
        i++;
      }
      boolean initial = i == begin + 1;
      boolean humps = humps(passage, begin, i);
      boolean allUpper = !initial && Fold.isUpper(passage.at(begin + 1));
      String text = passage.half(begin, i).toLowerCase(Locale.ROOT);
      if (allUpper || humps || i == begin + 20 || NOT_NAMES.contains(text) || Fold.isDigit(passage.at(i)) || passage.at(i) == '_') {
        return -1;
      }
      if (initial && passage.at(i) == '.') {
        i++;
      } else if (initial) {
        break;
      } else {
        stop = i;
      }
      if (passage.at(i) != ' ') {
        break;
      }
      i++;
    }
    return stop;
  }
}
