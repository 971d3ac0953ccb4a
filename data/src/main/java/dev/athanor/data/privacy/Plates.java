package dev.athanor.data.privacy;

/// Chinese vehicle plates, GA 36: a province, a letter, five characters without I and O, six on green ones.
final class Plates {
  static final String PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

  private Plates() {}

  static void look(Passage passage, int at, int end) {
    char letter = passage.at(end);
    if (!Fold.isUpper(letter) || letter == 'I' || letter == 'O') {
      return;
    }
    int i = end + 1;
    char gap = passage.at(i);
    if (gap == '·' || gap == '•' || gap == ' ' || gap == '-' || gap == '・') {
      i++;
    }
    int from = i;
    int figures = 0;
    while (i < from + 7 && isPlate(passage.at(i))) {
      figures += Fold.isDigit(passage.at(i)) ? 1 : 0;
      i++;
    }
    int length = i - from;
    if (length == 4 && "学警挂港澳领".indexOf(passage.at(i)) >= 0) {
      i++;
      length = 5;
    }
    if (Fold.isAlnum(passage.at(i)) || figures < 3) {
      return;
    }
    boolean green = length == 6 && (isGreen(passage.at(from)) || isGreen(passage.at(i - 1)));
    if (length == 5 || green) {
      passage.add(PiiKind.PLATE, at, i, 0.88, green ? "green plate" : "plate");
    }
  }

  private static boolean isPlate(char c) {
    return (Fold.isUpper(c) && c != 'I' && c != 'O') || Fold.isDigit(c);
  }

  private static boolean isGreen(char c) {
    return c >= 'A' && c <= 'K';
  }
}
