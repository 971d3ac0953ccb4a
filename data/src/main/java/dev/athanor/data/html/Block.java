package dev.athanor.data.html;

/// A piece of a page that stands by itself: a paragraph, a heading, an item of a list, a table, a listing.
///
/// @param text as it is to be written, without marks of lists and quotations; a table as rows of cells between pipes
/// @param marks before its first line: "- ", "  1. ", "> "
/// @param level of a heading, 1 to 6
/// @param language of a listing, where the page says it
/// @param linkChars how many of the text's characters stand in links
/// @param container the number of the nearest element that holds whole parts of a page (`div`, `section`, …)
/// @param inMain inside what the page itself calls its main part
/// @param suspect inside a page's head, or what is named like something beside the text
record Block(
    Kind kind, String text, String marks, int level, String language, int linkChars, int container, boolean inMain, boolean suspect) {
  enum Kind { PARAGRAPH, ITEM, HEADING, TABLE, CODE }

  Block in(int other) {
    return new Block(kind, text, marks, level, language, linkChars, other, inMain, suspect);
  }

  double linkDensity() {
    return text.isEmpty() ? 0 : (double) linkChars / text.length();
  }
}
