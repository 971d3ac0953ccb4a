package dev.athanor.data.html;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.nodes.Element;

/// What an element's name, role, class and id say of what is in it.
final class Names {
  /// Elements that hold no text of a page.
  private static final Set<String> NO_TEXT =
      Set.of(
          "script", "style", "noscript", "template", "svg", "canvas", "iframe", "object", "embed", "audio", "video", "map", "head",
          "input", "select", "button", "textarea", "datalist", "option", "optgroup", "progress", "meter", "nav", "footer", "aside",
          "dialog", "menu", "frameset", "noframes", "applet", "rp");

  private static final Set<String> ROLES_BESIDE =
      Set.of("navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu", "menubar", "toolbar");

  /// Words in a class or id of what stands beside the text.
  private static final Set<String> BESIDE =
      Set.of(
          "nav", "navbar", "navigation", "navi", "menu", "submenu", "breadcrumb", "breadcrumbs", "crumb", "crumbs", "footer", "foot",
          "sidebar", "aside", "cookie", "cookies", "consent", "gdpr", "banner", "popup", "popover", "modal", "overlay", "lightbox",
          "advert", "adverts", "advertisement", "advertising", "ad", "ads", "adsbygoogle", "adbox", "adsense", "sponsor", "sponsored",
          "promo", "promotion", "share", "sharing", "sharebar", "social", "newsletter", "subscribe", "subscription", "pagination",
          "pager", "related", "recommend", "recommended", "recommendation", "recommendations", "comment", "comments", "disqus",
          "respond", "login", "signin", "signup", "register", "toolbar", "widget", "widgets", "copyright", "hotlinks", "friendlink",
          "friendlinks", "gutter", "linenos", "lineno", "toc", "metadata", "tags", "taglist", "editsection", "noprint", "skip", "headerlink",
          "masthead", "topbar", "logo", "brand", "sitename", "rating", "backtotop");

  /// Words of what is the text, whatever else the class says.
  private static final Set<String> MAIN =
      Set.of("content", "article", "main", "post", "entry", "story", "body", "text", "detail", "articlebody", "maincontent", "正文");

  private static final Set<String> MAIN_NAMES =
      Set.of(
          "article-content", "article-body", "articlebody", "post-content", "post-body", "entry-content", "story-body", "main-content",
          "article_content", "post_content", "mw-content-text", "content-detail", "js_content", "markdown-body", "rich_media_content");

  private static final Pattern SPACES = Pattern.compile("\\s+");

  private static final Set<String> HEAD = Set.of("header", "head", "top");

  private Names() {}

  static boolean holdsNoText(Element element) {
    return NO_TEXT.contains(element.normalName());
  }

  static boolean isHidden(Element element) {
    if (element.attributesSize() == 0) {
      return false;
    }
    String style = element.hasAttr("style") ? element.attr("style").toLowerCase(Locale.ROOT).replace(" ", "") : "";
    return element.hasAttr("hidden") || element.attr("aria-hidden").equals("true") || style.contains("display:none")
        || style.contains("visibility:hidden");
  }

  /// What a class and id say.
  ///
  /// @param beside that it stands beside the text
  /// @param head that it is a head
  /// @param main that it is the main part
  record Said(boolean beside, boolean head, boolean main) {
    static final Said NOTHING = new Said(false, false, false);

    static Said of(String named) {
      if (named.isBlank()) {
        return NOTHING;
      }
      boolean text = hasWord(named, MAIN);
      boolean main = named.length() < 500 && SPACES.splitAsStream(named).anyMatch(name -> MAIN_NAMES.contains(name.toLowerCase(Locale.ROOT)));
      return new Said(!text && hasWord(named, BESIDE), !text && hasWord(named, HEAD), main);
    }
  }

  /// Class and id, for `Said`.
  static String named(Element element) {
    return element.attributesSize() == 0 ? "" : element.attr("class") + " " + element.id();
  }

  static boolean isBeside(Element element, Said said) {
    return switch (element.normalName()) {
      case "html", "body", "main", "article", "h1", "pre", "code" -> false;
      default -> said.beside || (element.hasAttr("role") && ROLES_BESIDE.contains(element.attr("role").toLowerCase(Locale.ROOT)));
    };
  }

  /// The head of a page: its name, its menus.
  static boolean isHead(Element element, Said said) {
    return said.head || element.normalName().equals("header");
  }

  static boolean isMain(Element element, Said said) {
    return switch (element.normalName()) {
      case "main", "article" -> true;
      default -> said.main || element.attr("role").equals("main") || element.attr("itemprop").equals("articleBody");
    };
  }

  /// Words are runs of letters; `sideBar` is two, as is `side-bar`, and `sidebar2` is one.
  private static boolean hasWord(String named, Set<String> words) {
    int from = 0;
    int most = Math.min(named.length(), 500);
    for (int i = 0; i <= most; i++) {
      boolean ends = i == most || !Character.isLetter(named.charAt(i));
      boolean turns = !ends && i > from && Character.isUpperCase(named.charAt(i)) && Character.isLowerCase(named.charAt(i - 1));
      if (ends || turns) {
        if (i > from && words.contains(named.substring(from, i).toLowerCase(Locale.ROOT))) {
          return true;
        }
        from = ends ? i + 1 : i;
      }
    }
    return false;
  }
}
