package dev.athanor.tokenizer;

import dev.athanor.tokenizer.pipeline.Place;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What a model wants around a text, or around two that it reads together, and of which type each token is: BERT's
/// `[CLS] a [SEP] b [SEP]`, where the second text is of type 1, or Llama's `<s> a`.
///
/// @param one around one text
/// @param two around two texts
public record Framing(List<Part> one, List<Part> two) {
  /// A stretch of the result.
  public sealed interface Part {
    /// The token type, which BERT tells apart: 0 or 1.
    int type();

    /// Control tokens.
    record Control(List<Integer> ids, int type) implements Part {
      public Control {
        ids = List.copyOf(ids);
      }
    }

    /// A text's own tokens.
    ///
    /// @param second of two
    record Own(boolean second, int type) implements Part {}
  }

  private static final Part A = new Part.Own(false, 0);
  private static final Part B = new Part.Own(true, 1);

  /// Nothing around texts.
  public static final Framing NONE = new Framing(List.of(A), List.of(A, B));

  private static final String SUPPORTED = "Sequence, ByteLevel, TemplateProcessing, BertProcessing, RobertaProcessing";

  public Framing {
    one = List.copyOf(one);
    two = List.copyOf(two);
  }

  /// One token before a text, and before the first of two.
  public static Framing before(int id) {
    Part begin = new Part.Control(List.of(id), 0);
    return new Framing(List.of(begin, A), List.of(begin, A, B));
  }

  public int[] single(int[] ids) {
    return ids(one, ids, new int[0]);
  }

  public int[] pair(int[] a, int[] b) {
    return ids(two, a, b);
  }

  /// The types of what [#single] makes of so many tokens.
  public int[] singleTypes(int length) {
    return types(one, length, 0);
  }

  /// The types of what [#pair] makes.
  public int[] pairTypes(int a, int b) {
    return types(two, a, b);
  }

  private static int[] ids(List<Part> parts, int[] a, int[] b) {
    IntList out = new IntList(a.length + b.length + 8);
    for (Part part : parts) {
      switch (part) {
        case Part.Control control -> control.ids.forEach(out::add);
        case Part.Own own -> out.addAll(own.second ? b : a);
      }
    }
    return out.toArray();
  }

  private static int[] types(List<Part> parts, int a, int b) {
    IntList out = new IntList(a + b + 8);
    for (Part part : parts) {
      int n =
          switch (part) {
            case Part.Control control -> control.ids.size();
            case Part.Own own -> own.second ? b : a;
          };
      int[] types = new int[n];
      Arrays.fill(types, part.type());
      out.addAll(types);
    }
    return out.toArray();
  }

  /// A `tokenizer.json`'s `post_processor`.
  ///
  /// @throws dev.athanor.base.UserException for one that is damaged or not supported
  static Framing at(Place place) {
    Framing framing = NONE;
    for (Place step : steps(place)) {
      Framing own =
          switch (step.type()) {
            case "ByteLevel" -> NONE;
            case "TemplateProcessing" -> template(step);
            case "BertProcessing" -> bert(step);
            case "RobertaProcessing" -> roberta(step);
            default -> throw step.unsupported(SUPPORTED);
          };
      if (!own.equals(NONE) && !framing.equals(NONE)) {
        throw step.bad("is the second step that puts tokens around a text; supported: one of them");
      }
      framing = own.equals(NONE) ? framing : own;
    }
    return framing;
  }

  /// The processors one after another, those in sequences too.
  static List<Place> steps(Place place) {
    if (place.isUnset()) {
      return List.of();
    }
    if (!place.type().equals("Sequence")) {
      return List.of(place);
    }
    return place.at("processors").items().stream().flatMap(step -> steps(step).stream()).toList();
  }

  private static Framing template(Place place) {
    List<Part> single = parts(place.at("single"), place.at("special_tokens"));
    Place pair = place.at("pair");
    return new Framing(single, pair.isUnset() ? List.of(A, B) : parts(pair, place.at("special_tokens")));
  }

  private static List<Part> parts(Place template, Place tokens) {
    List<Part> parts = new ArrayList<>();
    for (Place item : template.items()) {
      Place own = item.at("Sequence");
      if (!own.isUnset()) {
        String id = own.at("id").text();
        if (!id.equals("A") && !id.equals("B")) {
          throw own.at("id").bad("is A or B, not '" + id + "'");
        }
        parts.add(new Part.Own(id.equals("B"), type(own)));
        continue;
      }
      Place control = item.at("SpecialToken");
      if (control.isUnset()) {
        throw item.bad("is neither a Sequence nor a SpecialToken");
      }
      List<Integer> ids = new ArrayList<>();
      for (Place id : tokens.at(control.at("id").text()).at("ids").items()) {
        ids.add(id.number(0, Integer.MAX_VALUE));
      }
      parts.add(new Part.Control(ids, type(control)));
    }
    return parts;
  }

  private static int type(Place part) {
    Place type = part.at("type_id");
    return type.isUnset() ? 0 : type.number(0, Integer.MAX_VALUE);
  }

  private static Framing bert(Place place) {
    Part cls = new Part.Control(List.of(id(place.at("cls"))), 0);
    int sep = id(place.at("sep"));
    Part end = new Part.Control(List.of(sep), 0);
    return new Framing(List.of(cls, A, end), List.of(cls, A, end, B, new Part.Control(List.of(sep), 1)));
  }

  private static Framing roberta(Place place) {
    Part cls = new Part.Control(List.of(id(place.at("cls"))), 0);
    int sep = id(place.at("sep"));
    Part end = new Part.Control(List.of(sep), 0);
    Part second = new Part.Own(true, 0);
    return new Framing(List.of(cls, A, end), List.of(cls, A, new Part.Control(List.of(sep, sep), 0), second, end));
  }

  /// A token's name with its id.
  private static int id(Place place) {
    List<Place> pair = place.items();
    if (pair.size() != 2) {
      throw place.bad("is not a token's name with its id");
    }
    return pair.get(1).number(0, Integer.MAX_VALUE);
  }
}
