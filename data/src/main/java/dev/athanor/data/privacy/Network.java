package dev.athanor.data.privacy;

import java.util.Locale;
import java.util.Set;

/// Addresses of machines. What belongs to nobody is left: private, loopback, link-local, multicast, reserved and documentation ranges
/// (RFC 1918, 3927, 5737, 6598, 6890, 3849, 4193, 9637), and the public resolvers and the runs of digits that manuals name.
final class Network {
  private static final Set<Cue> CUES = Set.of(Cue.IP, Cue.VERSION);
  private static final Set<String> MANUALS =
      Set.of(
          "8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "114.114.114.114", "114.114.115.115", "223.5.5.5", "223.6.6.6",
          "119.29.29.29", "208.67.222.222", "208.67.220.220", "1.2.3.4", "12.34.56.78");

  private Network() {}

  static void v4(Passage passage, int at, Digits digits) {
    if (digits.groups() < 4 || digits.size(0) > 3 || !digits.allSeparators(4, '.') || (digits.groups() > 4 && digits.separator(3) == '.')) {
      return;
    }
    char before = passage.at(at - 1);
    if (Fold.isLetter(before) || before == '_' || before == '.' || (before == '=' && passage.at(at - 2) == '=')) {
      return;
    }
    int[] octets = new int[4];
    for (int g = 0; g < 4; g++) {
      String octet = digits.upTo(g).substring(digits.upTo(g).length() - digits.size(g));
      if (octet.length() > 3 || (octet.length() > 1 && octet.charAt(0) == '0') || Integer.parseInt(octet) > 255) {
        return;
      }
      octets[g] = Integer.parseInt(octet);
    }
    int end = digits.end(3);
    char after = passage.at(end);
    if (Fold.isLetter(after) || after == '_' || (after == '-' && Fold.isAlnum(passage.at(end + 1)))) {
      return;
    }
    String address = octets[0] + "." + octets[1] + "." + octets[2] + "." + octets[3];
    if (isNobodys(octets) || MANUALS.contains(address)) {
      return;
    }
    Cue label = passage.label(at, end, CUES, 24);
    int most = Math.max(Math.max(octets[0], octets[1]), Math.max(octets[2], octets[3]));
    boolean sectionLike = octets[0] < 10 || most < 40 || (octets[3] == 0 && octets[2] == 0);
    boolean labelled = label == Cue.IP && !(sectionLike && (after == '.' || passage.before(at, CUES, 12) != Cue.IP));
    double confidence = labelled ? 0.95 : label == Cue.VERSION ? 0.2 : sectionLike ? 0.4 : 0.8;
    passage.add(PiiKind.IP, at, end, confidence, labelled ? "public address beside a word for it" : "public address");
  }

  private static boolean isNobodys(int[] octets) {
    int a = octets[0];
    int b = octets[1];
    int c = octets[2];
    return switch (a) {
      case 0, 10, 127 -> true;
      case 100 -> b >= 64 && b < 128;
      case 169 -> b == 254;
      case 172 -> b >= 16 && b < 32;
      case 192 -> b == 168 || (b == 0 && (c == 0 || c == 2));
      case 198 -> b == 18 || b == 19 || (b == 51 && c == 100);
      case 203 -> b == 0 && c == 113;
      default -> a >= 224;
    };
  }

  private static final int MOST_V6 = 39;

  /// Global unicast addresses, 2000::/3. Called at colons; the first colon of an address looks at all of it.
  static void v6(Passage passage, int at, int end) {
    char leading = passage.at(at - 4);
    if (leading != '2' && leading != '3') {
      return;
    }
    int from = at;
    while (from > at - 5 && Fold.isHex(passage.at(from - 1))) {
      from--;
    }
    char first = passage.at(from);
    char before = passage.at(from - 1);
    if (at - from < 1 || at - from > 4 || (first != '2' && first != '3') || at - from < 4 || Fold.isAlnum(before) || before == ':' || before == '.') {
      return;
    }
    int stop = at;
    while (stop < from + MOST_V6 + 1 && (Fold.isHex(passage.at(stop)) || passage.at(stop) == ':')) {
      stop++;
    }
    if (passage.at(stop - 1) == ':' && passage.at(stop - 2) != ':') {
      stop--;
    }
    if (Fold.isAlnum(passage.at(stop)) || stop - from > MOST_V6) {
      return;
    }
    String address = passage.half(from, stop);
    int groups = v6Groups(address);
    boolean documentation =
        address.regionMatches(true, 0, "2001:db8:", 0, 9)
            || address.regionMatches(true, 0, "2001:0db8:", 0, 10)
            || address.regionMatches(true, 0, "3fff:", 0, 5);
    if (groups >= 3 && !documentation) {
      passage.add(PiiKind.IP, from, stop, 0.93, "global unicast address");
    }
  }

  /// How many groups are written out; 0 when this is no address.
  static int v6Groups(String address) {
    int groups = 0;
    int size = 0;
    boolean gap = false;
    for (int i = 0; i < address.length(); i++) {
      if (address.charAt(i) != ':') {
        groups += size == 0 ? 1 : 0;
        if (++size > 4) {
          return 0;
        }
      } else {
        boolean two = i + 1 < address.length() && address.charAt(i + 1) == ':';
        if (two && (gap || (i + 2 < address.length() && address.charAt(i + 2) == ':'))) {
          return 0;
        }
        gap |= two;
        i += two ? 1 : 0;
        size = 0;
      }
    }
    return gap ? (groups <= 7 ? groups : 0) : groups == 8 ? 8 : 0;
  }

  /// Six pairs of hexadecimal digits between colons or hyphens. Locally administered and group addresses are no device's own.
  static void mac(Passage passage, int at, int end) {
    int from = at - 2;
    char separator = passage.at(at);
    char before = passage.at(from - 1);
    if (!Fold.isHex(passage.at(from)) || !Fold.isHex(passage.at(from + 1)) || Fold.isAlnum(before) || before == separator) {
      return;
    }
    for (int pair = 1; pair < 6; pair++) {
      int i = from + 3 * pair;
      if (passage.at(i - 1) != separator || !Fold.isHex(passage.at(i)) || !Fold.isHex(passage.at(i + 1))) {
        return;
      }
    }
    char after = passage.at(from + 17);
    if (Fold.isAlnum(after) || (after == separator && Fold.isHex(passage.at(from + 18)))) {
      return;
    }
    int octet = Integer.parseInt(passage.half(from, from + 2), 16);
    boolean own = (octet & 3) == 0 && !passage.half(from, from + 8).replace(separator, '-').matches("00-(00-(00|5[eE])|01-02|11-22)");
    passage.add(PiiKind.MAC, from, from + 17, own ? 0.95 : 0.3, own ? "globally administered address" : "local or group address");
  }

  private static final int MOST_CREDENTIALS = 128;
  private static final Set<String> PLACEHOLDERS =
      Set.of("password", "passwd", "pass", "pwd", "secret", "token", "xxx", "xxxx", "pw", "user", "username", "changeme", "p", "mypassword");

  /// `scheme://user:password@host`. Called at `://`.
  static void credentials(Passage passage, int at, int end) {
    if (!Fold.isLetter(passage.at(at - 1))) {
      return;
    }
    int colon = -1;
    int i = end;
    for (; i < end + MOST_CREDENTIALS; i++) {
      char c = passage.at(i);
      if (c == ':' && colon < 0) {
        colon = i;
      } else if (c == '@') {
        break;
      } else if (c <= ' ' || "/?#\"'<>(){}[]\\`$".indexOf(c) >= 0 || c > 0x7E) {
        return;
      }
    }
    if (colon <= end || passage.at(i) != '@' || i == colon + 1 || !Fold.isAlnum(passage.at(i + 1))) {
      return;
    }
    String password = passage.text(colon + 1, i);
    boolean placeholder = PLACEHOLDERS.contains(password.toLowerCase(Locale.ROOT)) || password.contains("*") || Entropy.isExample(password);
    passage.add(PiiKind.URL_CREDENTIALS, end, i, placeholder ? 0.3 : 0.98, "user and password before a host");
  }
}
