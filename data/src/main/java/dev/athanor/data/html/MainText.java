package dev.athanor.data.html;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Chooses the blocks of a page that are its text. After jusText (Pomikálek, "Removing Boilerplate and Duplicate Content from Web
/// Corpora", 2011): a block is judged by its length, its links and whether it reads like prose; where that does not tell, its
/// neighbours do. Beyond it: the element that a page itself names as its main part counts, blocks are neighbours by the element that
/// holds them as well as by order, and Chinese is judged as Chinese.
final class MainText {
  /// The thresholds of jusText, in letters; one Han character weighs three.
  private static final int SHORT = 70;

  private static final int LONG = 200;

  /// jusText has 0.2; an encyclopedia's paragraphs have up to a third.
  private static final double MOST_LINKS = 0.4;

  /// For what is short and no sentence: a line of a menu has more.
  private static final double FEW_LINKS = 0.2;

  /// Of the weight of a page's text, so much must stand in its main part for that to count.
  private static final double MAIN_SHARE = 0.3;

  /// A listing of so many characters is there for its own sake.
  private static final int WHOLE_LISTING = 80;

  private enum Judgement { GOOD, NEAR, SHORT, BAD }

  private final List<Block> blocks;
  private final List<Judgement> judgements = new ArrayList<>();
  private final List<Integer> weights = new ArrayList<>();
  private boolean mainCounts;

  private MainText(List<Block> blocks) {
    this.blocks = blocks;
    for (Block block : blocks) {
      Prose prose = block.kind() == Block.Kind.CODE ? new Prose(block.text().length(), 0) : Prose.of(block.text());
      weights.add(prose.weight());
      judgements.add(alone(block, prose));
    }
  }

  /// @param title of the page, which tells its own heading from that of the whole site
  static List<Block> of(List<Block> all, String title) {
    var page = new MainText(all);
    page.dropOutsideOfMain();
    page.judgeByNeighbours();
    page.judgeHeadings(title);
    var chosen = new ArrayList<Block>();
    for (int i = 0; i < all.size(); i++) {
      if (page.judgements.get(i) == Judgement.GOOD) {
        chosen.add(all.get(i));
      }
    }
    return chosen;
  }

  private static Judgement alone(Block block, Prose prose) {
    return switch (block.kind()) {
      case HEADING -> Judgement.SHORT;
      case CODE -> block.text().length() >= WHOLE_LISTING && !block.suspect() ? Judgement.GOOD : Judgement.SHORT;
      case TABLE -> block.linkDensity() > MOST_LINKS ? Judgement.BAD : prose.weight() >= LONG ? Judgement.NEAR : Judgement.SHORT;
      case PARAGRAPH, ITEM -> text(block, prose);
    };
  }

  private static Judgement text(Block block, Prose prose) {
    if (block.linkDensity() > MOST_LINKS || (prose.weight() < LONG && isNotice(block.text()))) {
      return Judgement.BAD;
    }
    if (prose.weight() < SHORT) {
      // A link in a sentence is none of a menu.
      return block.linkDensity() > FEW_LINKS && prose.sentences() == 0 ? Judgement.BAD : Judgement.SHORT;
    }
    if (block.suspect()) {
      return Judgement.BAD;
    }
    return switch (prose.sentences()) {
      case 2 -> prose.weight() >= LONG ? Judgement.GOOD : Judgement.NEAR;
      case 1 -> prose.weight() >= LONG ? Judgement.NEAR : Judgement.SHORT;
      default -> Judgement.BAD;
    };
  }

  private static boolean isNotice(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.contains("©") || lower.contains("all rights reserved") || lower.contains("版权所有") || lower.contains("icp备")
        || lower.contains("公网安备");
  }

  private boolean isProse(int i) {
    return judgements.get(i) == Judgement.GOOD || judgements.get(i) == Judgement.NEAR;
  }

  private void dropOutsideOfMain() {
    long all = 0;
    long inside = 0;
    for (int i = 0; i < blocks.size(); i++) {
      if (isProse(i)) {
        all += weights.get(i);
        inside += blocks.get(i).inMain() ? weights.get(i) : 0;
      }
    }
    if (inside < LONG || inside < MAIN_SHARE * all) {
      return;
    }
    mainCounts = true;
    for (int i = 0; i < blocks.size(); i++) {
      if (!blocks.get(i).inMain() && blocks.get(i).kind() != Block.Kind.HEADING) {
        judgements.set(i, Judgement.BAD);
      }
    }
  }

  private void judgeByNeighbours() {
    Set<Integer> goodContainers = new HashSet<>();
    for (int i = 0; i < blocks.size(); i++) {
      if (judgements.get(i) == Judgement.GOOD) {
        goodContainers.add(blocks.get(i).container());
      }
    }
    boolean[] before = nextTo(true);
    boolean[] after = nextTo(false);
    for (int i = 0; i < blocks.size(); i++) {
      if (judgements.get(i) == Judgement.NEAR && (before[i] || after[i] || blocks.get(i).inMain() || goodContainers.contains(blocks.get(i).container()))) {
        judgements.set(i, Judgement.GOOD);
        goodContainers.add(blocks.get(i).container());
      }
    }
    before = nextTo(true);
    after = nextTo(false);
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      if (judgements.get(i) == Judgement.SHORT && block.kind() != Block.Kind.HEADING) {
        boolean housed = goodContainers.contains(block.container()) || block.inMain();
        boolean between = before[i] && after[i];
        judgements.set(i, !block.suspect() && (between || (housed && (before[i] || after[i]))) ? Judgement.GOOD : Judgement.BAD);
      }
    }
  }

  /// Whether the nearest block in that direction that is not short is prose.
  private boolean[] nextTo(boolean backwards) {
    var next = new boolean[blocks.size()];
    boolean prose = false;
    for (int k = 0; k < blocks.size(); k++) {
      int i = backwards ? k : blocks.size() - 1 - k;
      next[i] = prose;
      if (judgements.get(i) != Judgement.SHORT) {
        prose = isProse(i);
      }
    }
    return next;
  }

  /// A heading stays when something below it does, before the next of its rank. A heading in the head of a page, or before its main part, is
  /// the site's name, unless the title begins with it.
  private void judgeHeadings(String title) {
    int waitingFor = 0;
    for (int i = blocks.size() - 1; i >= 0; i--) {
      Block block = blocks.get(i);
      if (block.kind() != Block.Kind.HEADING) {
        waitingFor = judgements.get(i) == Judgement.GOOD ? 7 : waitingFor;
        continue;
      }
      boolean ofSite = (block.suspect() || (mainCounts && !block.inMain())) && !title.startsWith(block.text());
      boolean keeps = waitingFor >= block.level() && !ofSite;
      judgements.set(i, keeps ? Judgement.GOOD : Judgement.BAD);
      waitingFor = waitingFor >= block.level() ? block.level() - 1 : waitingFor;
    }
  }
}
