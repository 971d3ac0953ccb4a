package dev.athanor.data.privacy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Keys and tokens by the prefixes that their issuers give them, PEM private keys, and values that are assigned to something named a
/// password or a key.
final class Secrets {
  private Secrets() {}

  /// @param prefix as it is written
  /// @param least characters after the prefix
  /// @param also beside letters and digits
  private record Issued(String prefix, int least, int most, String also, String name) {}

  private static final int ANY = 255;
  private static final List<Issued> ISSUED =
      List.of(
          new Issued("AKIA", 16, 16, "", "AWS access key"),
          new Issued("ASIA", 16, 16, "", "AWS temporary access key"),
          new Issued("LTAI", 12, 24, "", "Alibaba Cloud access key"),
          new Issued("AKID", 32, 32, "", "Tencent Cloud secret id"),
          new Issued("ghp_", 36, 36, "", "GitHub token"),
          new Issued("gho_", 36, 36, "", "GitHub token"),
          new Issued("ghu_", 36, 36, "", "GitHub token"),
          new Issued("ghs_", 36, 36, "", "GitHub token"),
          new Issued("ghr_", 36, 76, "", "GitHub token"),
          new Issued("github_pat_", 60, 100, "_", "GitHub token"),
          new Issued("glpat-", 20, 64, "_-", "GitLab token"),
          new Issued("xoxb-", 20, 120, "-", "Slack token"),
          new Issued("xoxp-", 20, 120, "-", "Slack token"),
          new Issued("xoxa-", 20, 120, "-", "Slack token"),
          new Issued("xoxr-", 20, 120, "-", "Slack token"),
          new Issued("xoxs-", 20, 120, "-", "Slack token"),
          new Issued("AIza", 35, 35, "_-", "Google API key"),
          new Issued("ya29.", 40, ANY, "_-", "Google OAuth token"),
          new Issued("sk_live_", 16, 120, "", "Stripe key"),
          new Issued("rk_live_", 16, 120, "", "Stripe key"),
          new Issued("pk_live_", 16, 120, "", "Stripe key"),
          new Issued("sk_test_", 16, 120, "", "Stripe key"),
          new Issued("whsec_", 24, 80, "", "Stripe webhook secret"),
          new Issued("sk-", 32, 200, "_-", "API key of a model provider"),
          new Issued("hf_", 34, 40, "", "Hugging Face token"),
          new Issued("npm_", 36, 36, "", "npm token"),
          new Issued("pypi-AgE", 50, ANY, "_-", "PyPI token"),
          new Issued("SG.", 60, 75, "._-", "SendGrid key"),
          new Issued("shpat_", 32, 32, "", "Shopify token"),
          new Issued("dop_v1_", 64, 64, "", "DigitalOcean token"),
          new Issued("EAACEdEose0cBA", 20, ANY, "", "Facebook token"));

  static List<Trigger> triggers() {
    var triggers = new ArrayList<Trigger>();
    for (Issued issued : ISSUED) {
      triggers.add(Trigger.start(issued.prefix().toLowerCase(Locale.ROOT), (passage, at, end) -> issued(passage, at, issued)));
    }
    triggers.add(Trigger.start("eyj", (passage, at, _) -> webToken(passage, at)));
    triggers.add(Trigger.start("-----begin", (passage, at, _) -> privateKey(passage, at)));
    return triggers;
  }

  private static boolean inWord(char c) {
    return Fold.isAlnum(c) || c == '_';
  }

  private static void issued(Passage passage, int at, Issued issued) {
    if (!passage.startsWith(issued.prefix(), at) || inWord(passage.at(at - 1)) || passage.at(at - 1) == '-') {
      return;
    }
    int from = at + issued.prefix().length();
    int end = from;
    while (end <= from + issued.most() && (Fold.isAlnum(passage.at(end)) || (passage.at(end) != '\0' && issued.also().indexOf(passage.at(end)) >= 0))) {
      end++;
    }
    int length = end - from;
    if (length < issued.least() || length > issued.most() || passage.at(end) == '_') {
      return;
    }
    String body = passage.half(from, end);
    boolean upperOnly = issued.prefix().equals("AKIA") || issued.prefix().equals("ASIA");
    if (upperOnly && !body.equals(body.toUpperCase(Locale.ROOT))) {
      return;
    }
    boolean drawn = (Entropy.hasDigit(body) || length >= 40) && Entropy.bits(body) >= 2.8 && !Entropy.isExample(body);
    passage.add(PiiKind.SECRET, at, end, drawn ? 0.97 : 0.3, issued.name());
  }

  private static final int MOST_TOKEN = 2048;

  /// RFC 7519: three parts in base64url, the first a JSON object.
  private static void webToken(Passage passage, int at) {
    if (!passage.startsWith("eyJ", at) || inWord(passage.at(at - 1)) || passage.at(at - 1) == '.' || passage.at(at - 1) == '-') {
      return;
    }
    int end = at;
    int dots = 0;
    int second = -1;
    while (end < at + MOST_TOKEN) {
      char c = passage.at(end);
      if (c == '.') {
        if (dots == 2) {
          break;
        }
        second = dots++ == 0 ? end + 1 : second;
      } else if (!Fold.isAlnum(c) && c != '_' && c != '-') {
        break;
      }
      end++;
    }
    if (dots == 2 && end - at >= 60 && passage.at(end - 1) != '.' && passage.startsWith("eyJ", second)) {
      passage.add(PiiKind.SECRET, at, end, 0.97, "JSON web token");
    }
  }

  private static final int MOST_KEY = 16_384;

  /// RFC 7468. An armour without an end is taken as far as it goes on.
  private static void privateKey(Passage passage, int at) {
    int i = at + "-----BEGIN".length();
    int lineEnd = i;
    while (lineEnd < i + 48 && passage.at(lineEnd) != '-' && passage.at(lineEnd) >= ' ') {
      lineEnd++;
    }
    if (!passage.half(i, Math.min(lineEnd, passage.length())).contains("PRIVATE KEY") || !passage.startsWith("-----", lineEnd)) {
      return;
    }
    int end = lineEnd + 5;
    int body = 0;
    while (end < at + MOST_KEY && !passage.startsWith("-----", end) && isArmour(passage.at(end))) {
      body += Fold.isAlnum(passage.at(end)) ? 1 : 0;
      end++;
    }
    if (passage.startsWith("-----END", end)) {
      int i2 = end + 8;
      while (i2 < end + 60 && passage.at(i2) != '-' && passage.at(i2) >= ' ') {
        i2++;
      }
      end = passage.startsWith("-----", i2) ? i2 + 5 : end;
    }
    if (body >= 60) {
      passage.add(PiiKind.PRIVATE_KEY, at, end, 0.99, "private key in PEM");
    }
  }

  private static boolean isArmour(char c) {
    return Fold.isAlnum(c) || (c != '\0' && "+/=\n\r\t ,:-\\\"'".indexOf(c) >= 0);
  }

  // ---- assignments

  private static final int MOST_VALUE = 128;
  private static final Set<String> WORDS = Set.of("null", "none", "true", "false", "undefined", "nil", "string", "password", "secret");

  /// Called at a word such as `password`: a name's end, `=`, `:` or `=>`, and a value.
  static void assigned(Passage passage, int at, int end) {
    int i = end;
    while (i < end + 24 && (Fold.isAlnum(passage.at(i)) || passage.at(i) == '_' || passage.at(i) == '-')) {
      i++;
    }
    boolean quotedName = passage.at(i) == '"' || passage.at(i) == '\'' || passage.at(i) == ']';
    while (i < end + 28 && (passage.at(i) == '"' || passage.at(i) == '\'' || passage.at(i) == ']')) {
      i++;
    }
    i = skipBlanks(passage, i);
    char operator = passage.at(i);
    if (operator == ':' && passage.at(i + 1) == '=') {
      i += 2;
    } else if (operator == '=' && passage.at(i + 1) == '>') {
      i += 2;
    } else if ((operator == '=' && passage.at(i + 1) != '=') || operator == ':' || operator == '是' || operator == '为') {
      i++;
    } else {
      return;
    }
    i = skipBlanks(passage, i);
    char quote = passage.at(i);
    boolean chinese = Fold.isHan(passage.at(at));
    if (quote == '"' || quote == '\'' || quote == '`') {
      quoted(passage, i + 1, quote);
    } else if (!quotedName && (operator == '=' || operator == ':' || chinese)) {
      bare(passage, i, chinese || operator == ':');
    }
  }

  private static int skipBlanks(Passage passage, int at) {
    int i = at;
    while (i < at + 8 && (passage.at(i) == ' ' || passage.at(i) == '\t')) {
      i++;
    }
    return i;
  }

  private static void quoted(Passage passage, int from, char quote) {
    int end = from;
    while (end < from + MOST_VALUE && passage.at(end) != quote && passage.at(end) > ' ' && passage.at(end) < 0x7F) {
      end++;
    }
    if (passage.at(end) != quote || end - from < 6) {
      return;
    }
    judgeValue(passage, from, end, true);
  }

  private static void bare(Passage passage, int from, boolean prose) {
    int end = from;
    while (end < from + MOST_VALUE && passage.at(end) > ' ' && passage.at(end) < 0x7F && ",;'\"<>(){}[]|`$".indexOf(passage.at(end)) < 0) {
      end++;
    }
    char after = passage.at(end);
    if (end - from < 6 || after == '(' || after == '[' || after == '<' || after == '{' || after == '$' || after == '"') {
      return;
    }
    while (end > from && ".!?:".indexOf(passage.at(end - 1)) >= 0) {
      end--;
    }
    String value = passage.half(from, end);
    boolean code = value.indexOf('.') > 0 && Fold.isLetter(value.charAt(0)) && !prose;
    if (!code && !value.contains("//") && Entropy.hasDigit(value)) {
      judgeValue(passage, from, end, false);
    }
  }

  private static void judgeValue(Passage passage, int from, int end, boolean quoted) {
    String value = passage.text(from, end);
    if (Entropy.isExample(value) || WORDS.contains(value.toLowerCase(Locale.ROOT)) || value.contains("${") || value.contains("{{") || value.contains("%(")
        || value.startsWith("<") || value.startsWith("$") || value.startsWith("%") || value.startsWith("/") || value.startsWith("http")) {
      return;
    }
    double bits = Entropy.bits(value);
    int classes = Entropy.classes(value);
    boolean digit = Entropy.hasDigit(value);
    if (value.length() >= 16 && digit && bits >= 3.2 && classes >= 2) {
      passage.add(PiiKind.SECRET, from, end, 0.85, "drawn value of something secret");
    } else if (classes >= 3 && (digit || quoted) && bits >= 2.2) {
      passage.add(PiiKind.SECRET, from, end, quoted ? 0.75 : 0.65, "value of something secret");
    } else if (quoted && digit && classes >= 2 && value.indexOf('.') < 0 && value.indexOf('-') < 0) {
      passage.add(PiiKind.SECRET, from, end, 0.6, "value of something secret");
    }
  }
}
