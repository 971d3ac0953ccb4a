package dev.athanor.data.quality;

import dev.athanor.data.flow.Bound;
import dev.athanor.data.flow.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Rules for Chinese, in either script: those of Gopher and FineWeb with what they mean by words, spaces and full stops said in code
/// points, and what Chinese pages of no worth look like. Ours; there is no published set with this standing.
///
/// | measure | kept | after |
/// |---|---|---|
/// | `chinese.characters`, code points but white space | 80–200,000 | Gopher's 50–100,000 words |
/// | `chinese.han_share` of them | ≥ 0.3 | |
/// | `chinese.common_share`, the about 400 most frequent characters among Han ones | ≥ 0.2 | Gopher's stop words: keywords in a row, wrong encodings |
/// | `chinese.marks_share`, `，。！？；：、` and their like | 0.01–0.35 | keywords in a row |
/// | `chinese.symbol_share` | ≤ 0.1 | Gopher's symbols |
/// | `chinese.digit_share` | ≤ 0.3 | tables of figures |
/// | `chinese.punctuated_lines`, ending in `。！？` or in what goes on or closes (`，；：”」）…`) | ≥ 0.12 | FineWeb; lists of titles |
/// | `chinese.navigation_lines`, at most 10 characters without a mark, or menus of four and more short pieces | ≤ 0.67 | FineWeb's short lines |
/// | `chinese.bullet_lines`, `chinese.ellipsis_lines` | ≤ 0.9, 0.3 | Gopher |
/// | `chinese.ads`, phrases of advertisement and page furniture in a thousand characters | ≤ 6 | C4's lines |
/// | `chinese.duplicate_lines`, `…_paragraphs`, their characters | ≤ 0.3, 0.3, 0.2, 0.2 | Gopher |
/// | `chinese.top_4_gram`, `…_6_gram`, `…_8_gram` | ≤ 0.20, 0.18, 0.16 | Gopher's 2, 3, 4 words |
/// | `chinese.duplicate_8_grams`, `…_10_`, `…_13_`, `…_16_` | ≤ 0.15, 0.14, 0.12, 0.10 | Gopher's 5, 6, 8, 10 words of 1.6 characters |
///
/// Verse with punctuation, dialogues and texts around a table are kept; verse without any punctuation and a table alone are not.
public record ChineseQuality(
    int minCharacters,
    int maxCharacters,
    double minHanShare,
    double minCommonShare,
    double minMarksShare,
    double maxMarksShare,
    double maxSymbolShare,
    double maxDigitShare,
    double minPunctuatedLines,
    double maxNavigationLines,
    double maxBulletLines,
    double maxEllipsisLines,
    double maxAds,
    double maxDuplicateLines,
    double maxDuplicateLineCharacters,
    List<Double> maxTopGrams,
    List<Double> maxDuplicateGrams)
    implements Rules<ChineseStatistics> {
  public static final List<Integer> TOP = List.of(4, 6, 8);
  public static final List<Integer> DUPLICATE = List.of(8, 10, 13, 16);
  private static final String NAME = "chinese";
  private static final int MOST_SPANS = 100;
  private static final Phrases ADS =
      new Phrases(
          List.of(
              // of trade
              "加微信", "加我微信", "微信号", "扫码关注", "扫描二维码", "长按二维码", "点击下载", "立即下载", "免费下载", "立即购买", "点击购买", "免费领取", "限时优惠", "限时抢购",
              "全国包邮", "厂家直销", "价格优惠", "咨询热线", "客服电话", "联系客服", "在线咨询", "免费咨询", "招商加盟", "加盟热线", "代开发票", "办理贷款", "无抵押贷款", "秒批",
              "信用卡套现", "百家乐", "澳门赌场", "真人娱乐", "棋牌游戏", "注册送", "彩票平台", "时时彩", "北京赛车", "私服", "外挂", "代孕", "刷单", "兼职日结", "加QQ", "QQ群",
              "加微訊", "點擊下載", "立即購買", "免費領取", "限時優惠", "客服電話", "線上諮詢", "掃碼關注",
              // of pages
              "版权所有", "上一篇", "下一篇", "返回首页", "返回顶部", "当前位置", "友情链接", "热门推荐", "相关阅读", "相关推荐", "猜你喜欢", "点击查看更多", "查看更多", "加入收藏",
              "设为首页", "网站地图", "联系我们", "关于我们", "免责声明", "备案号", "未经授权", "禁止转载", "登录注册", "用户登录", "收藏本站", "分享到", "点击进入", "责任编辑",
              "版權所有", "上一頁", "下一頁", "返回首頁", "相關閱讀", "熱門推薦", "聯絡我們", "關於我們", "網站地圖"));

  public ChineseQuality {
    maxTopGrams = List.copyOf(maxTopGrams);
    maxDuplicateGrams = List.copyOf(maxDuplicateGrams);
  }

  @Override
  public String version() {
    return "chinese-quality-2";
  }

  @Override
  public List<Bound> bounds() {
    var bounds =
        new ArrayList<>(
            List.of(
                Bound.atLeast("chinese.characters", minCharacters, "few characters"),
                Bound.atMost("chinese.characters", maxCharacters, "many characters"),
                Bound.atLeast("chinese.han_share", minHanShare, "little Chinese"),
                Bound.atLeast("chinese.common_share", minCommonShare, "few common characters"),
                Bound.atLeast("chinese.marks_share", minMarksShare, "few punctuation marks"),
                Bound.atMost("chinese.marks_share", maxMarksShare, "many punctuation marks"),
                Bound.atMost("chinese.symbol_share", maxSymbolShare, "many symbols"),
                Bound.atMost("chinese.digit_share", maxDigitShare, "many digits"),
                Bound.atLeast("chinese.punctuated_lines", minPunctuatedLines, "few punctuated lines"),
                Bound.atMost("chinese.navigation_lines", maxNavigationLines, "navigation"),
                Bound.atMost("chinese.bullet_lines", maxBulletLines, "bullet lines"),
                Bound.atMost("chinese.ellipsis_lines", maxEllipsisLines, "ellipsis lines"),
                Bound.atMost("chinese.ads", maxAds, "advertisement")));
    bounds.addAll(
        GopherRepetition.lineBounds(NAME, maxDuplicateLines, maxDuplicateLines, maxDuplicateLineCharacters, maxDuplicateLineCharacters));
    for (int i = 0; i < TOP.size(); i++) {
      bounds.add(Bound.atMost(top(i), maxTopGrams.get(i), "frequent n-gram"));
    }
    for (int i = 0; i < DUPLICATE.size(); i++) {
      bounds.add(Bound.atMost(duplicate(i), maxDuplicateGrams.get(i), "duplicate n-grams"));
    }
    return bounds;
  }

  private static String top(int i) {
    return NAME + ".top_" + TOP.get(i) + "_gram";
  }

  private static String duplicate(int i) {
    return NAME + ".duplicate_" + DUPLICATE.get(i) + "_grams";
  }

  @Override
  public void measure(ChineseStatistics text, Map<String, Double> measures) {
    double characters = (double) Math.max(1, text.characters());
    Lines lines = text.lines();
    measures.put("chinese.characters", (double) text.characters());
    measures.put("chinese.han_share", text.han() / characters);
    measures.put("chinese.common_share", (double) text.commonHan() / Math.max(1, text.han()));
    measures.put("chinese.marks_share", text.marks() / characters);
    measures.put("chinese.symbol_share", text.symbols() / characters);
    measures.put("chinese.digit_share", text.digits() / characters);
    measures.put("chinese.punctuated_lines", lines.share(text::isPunctuated));
    measures.put("chinese.navigation_lines", lines.share(text::isNavigation));
    measures.put("chinese.bullet_lines", lines.share(text::isBullet));
    measures.put("chinese.ellipsis_lines", lines.share(text::endsInEllipsis));
    measures.put("chinese.ads", 1000 * ADS.count(text.text()) / Math.max(200, characters));
    GopherRepetition.measureLines(NAME, lines, characters, measures);
    measureGrams(text.elements(), characters, measures);
  }

  private static void measureGrams(Grams elements, double characters, Map<String, Double> measures) {
    HashTable table = elements.table();
    boolean repeated = true;
    for (int i = 0; i < TOP.size(); i++) {
      Grams.Top top = repeated ? elements.top(TOP.get(i), table) : new Grams.Top(0, 0, 0);
      repeated = top.times() > 1;
      measures.put(top(i), repeated ? Math.min(1, (double) top.times() * top.characters() / characters) : 0);
    }
    for (int i = 0; i < DUPLICATE.size(); i++) {
      long duplicated = repeated ? elements.duplicated(DUPLICATE.get(i), table) : 0;
      repeated = duplicated > 0;
      measures.put(duplicate(i), duplicated / characters);
    }
  }

  @Override
  public List<Span> where(ChineseStatistics text, Bound broken) {
    for (int i = 0; i < TOP.size(); i++) {
      if (broken.measure().equals(top(i))) {
        return text.elements().topSpans(TOP.get(i));
      }
    }
    for (int i = 0; i < DUPLICATE.size(); i++) {
      if (broken.measure().equals(duplicate(i))) {
        return text.elements().duplicatedSpans(DUPLICATE.get(i));
      }
    }
    return switch (broken.measure()) {
      case "chinese.navigation_lines" -> text.lines().spans(text::isNavigation);
      case "chinese.bullet_lines" -> text.lines().spans(text::isBullet);
      case "chinese.ellipsis_lines" -> text.lines().spans(text::endsInEllipsis);
      case "chinese.ads" -> ADS.spans(text.text(), MOST_SPANS);
      default -> GopherRepetition.whereLines(NAME, text.lines(), broken.measure());
    };
  }
}
