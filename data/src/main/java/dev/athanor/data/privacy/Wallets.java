package dev.athanor.data.privacy;

/// Addresses of Bitcoin and Ethereum.
final class Wallets {
  private Wallets() {}

  /// Base 58 with its checksum: 25 to 34 characters from 1 or 3.
  static void base58(Passage passage, int at, Digits digits) {
    char first = passage.at(at);
    if ((first != '1' && first != '3') || !NumberDetector.free(passage, at) || digits.size(0) > 12) {
      return;
    }
    int end = at;
    while (end < at + 36 && Fold.isAlnum(passage.at(end))) {
      end++;
    }
    if (end - at >= 25 && end - at <= 34 && Checksums.base58(passage.half(at, end))) {
      passage.add(PiiKind.WALLET, at, end, 0.97, "base 58 checksum");
    }
  }

  /// BIP 173: at "bc1".
  static void bech32(Passage passage, int at, int end) {
    int stop = end;
    while (stop < at + 63 && Fold.isAlnum(passage.at(stop))) {
      stop++;
    }
    boolean word = Fold.isAlnum(passage.at(at - 1)) || passage.at(at - 1) == '_';
    if (!word && (stop - at == 42 || stop - at == 62) && Checksums.bech32(passage.half(at, stop))) {
      passage.add(PiiKind.WALLET, at, stop, 0.97, "bech32 checksum");
    }
  }

  /// 40 hexadecimal digits after 0x, beside a word for it: alone they may be any hash.
  static void ethereum(Passage passage, int at, int end) {
    int stop = end;
    while (stop < end + 41 && Fold.isHex(passage.at(stop))) {
      stop++;
    }
    if (stop - end == 40 && !Fold.isAlnum(passage.at(stop)) && !Fold.isAlnum(passage.at(at - 1))) {
      boolean labelled = passage.has(Cue.WALLET, at, stop, 48);
      passage.add(PiiKind.WALLET, at, stop, labelled ? 0.85 : 0.4, "form beside a word for it");
    }
  }
}
