package dev.athanor.model.vision;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.model.vision.ImageProcessor.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The keys of `preprocessor_config.json`. What a file leaves out, or has as null, is as the published class has it.
final class PreprocessorConfig {
  private static final int DEFAULT_EDGE = 224;

  private final JsonNode json;
  private final List<String> problems = new ArrayList<>();

  private PreprocessorConfig(JsonNode json) {
    this.json = json;
  }

  static ImageProcessor read(JsonNode json) {
    if (!json.isObject()) {
      throw new UserException("an object was expected, with keys such as 'size' and 'image_mean'");
    }
    return new PreprocessorConfig(json).read();
  }

  private ImageProcessor read() {
    Kind kind = kind();
    ImageProcessor absent =
        switch (kind) {
          case CLIP, LLAVA -> ImageProcessor.clip(DEFAULT_EDGE);
          case VIT -> ImageProcessor.vit(DEFAULT_EDGE);
        };
    boolean convertRgb = flag("do_convert_rgb", absent.convertRgb());
    boolean padToSquare = padToSquare(kind);
    boolean resize = flag("do_resize", absent.resize());
    Size size = size(absent.size());
    Resample resample = resample(absent.resample());
    boolean centreCrop = flag("do_center_crop", absent.centreCrop());
    Size.Exact crop = crop(absent.crop());
    boolean rescale = flag("do_rescale", absent.rescale());
    double rescaleFactor = number("rescale_factor", absent.rescaleFactor());
    boolean normalise = flag("do_normalize", absent.normalise());
    List<Double> mean = perChannel("image_mean", absent.mean());
    List<Double> std = perChannel("image_std", absent.std());
    Optional<String> processorClass = json.path("processor_class").stringValueOpt();
    throwIfAny();
    try {
      return new ImageProcessor(
          kind,
          convertRgb,
          padToSquare,
          resize,
          size,
          resample,
          centreCrop,
          crop,
          rescale,
          rescaleFactor,
          normalise,
          mean,
          std,
          processorClass);
    } catch (IllegalArgumentException e) {
      throw new UserException(String.valueOf(e.getMessage()), e);
    }
  }

  static ObjectNode write(ImageProcessor processor) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.set("crop_size", edges(processor.crop()));
    json.put("do_center_crop", processor.centreCrop());
    json.put("do_convert_rgb", processor.convertRgb());
    json.put("do_normalize", processor.normalise());
    if (processor.kind() == Kind.LLAVA) {
      json.put("do_pad", processor.padToSquare());
    }
    json.put("do_rescale", processor.rescale());
    json.put("do_resize", processor.resize());
    json.set("image_mean", numbers(processor.mean()));
    json.put("image_processor_type", processor.kind().published());
    json.set("image_std", numbers(processor.std()));
    processor.processorClass().ifPresent(name -> json.put("processor_class", name));
    json.put("resample", processor.resample().code());
    json.put("rescale_factor", processor.rescaleFactor());
    json.set("size", edges(processor.size()));
    return json;
  }

  private static ObjectNode edges(Size size) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    switch (size) {
      case Size.ShortestEdge shortest -> json.put("shortest_edge", shortest.length());
      case Size.Exact exact -> json.put("height", exact.height()).put("width", exact.width());
    }
    return json;
  }

  private static ArrayNode numbers(List<Double> values) {
    ArrayNode json = Json.MAPPER.createArrayNode();
    values.forEach(json::add);
    return json;
  }

  /// Older files have `feature_extractor_type` or nothing; the fast and the Pillow variants of a class state the same things.
  private Kind kind() {
    String type = json.path("image_processor_type").asString(json.path("feature_extractor_type").asString(""));
    String published = type.replaceFirst("(Fast|Pil)$", "").replace("FeatureExtractor", "ImageProcessor");
    if (published.isEmpty()) {
      return Kind.CLIP;
    }
    for (Kind kind : Kind.values()) {
      if (kind.published().equals(published)) {
        return kind;
      }
    }
    String supported = Arrays.stream(Kind.values()).map(Kind::published).collect(Collectors.joining(", "));
    throw new UserException("image_processor_type '" + type + "' is not supported; supported are " + supported);
  }

  /// `do_pad` of other classes pads the images of a batch to one size, which is not this.
  private boolean padToSquare(Kind kind) {
    boolean pad = flag("do_pad", false);
    if (pad && kind != Kind.LLAVA) {
      problems.add("'do_pad': true is not supported in a " + kind.published() + "; it is in a LlavaImageProcessor");
    }
    return pad;
  }

  private Resample resample(Resample absent) {
    JsonNode value = json.path("resample");
    if (isAbsent(value)) {
      return absent;
    }
    for (Resample resample : Resample.values()) {
      if (value.isIntegralNumber() && value.asInt(-1) == resample.code()) {
        return resample;
      }
    }
    problems.add("'resample' " + value + " is not supported; 2 (bilinear) and 3 (bicubic) are");
    return absent;
  }

  /// A length as a number stands for the shorter edge where the class's own size is one, else for a square.
  private Size size(Size absent) {
    JsonNode value = json.path("size");
    if (isAbsent(value)) {
      return absent;
    }
    if (value.isNumber() && absent instanceof Size.ShortestEdge) {
      Integer length = length("size", value);
      return length == null ? absent : new Size.ShortestEdge(length);
    }
    if (has(value, "shortest_edge")) {
      if (has(value, "longest_edge")) {
        problems.add("'size' with a 'longest_edge' is not supported; leave it out, or give 'height' and 'width'");
      }
      Integer length = length("size.shortest_edge", value.path("shortest_edge"));
      return length == null ? absent : new Size.ShortestEdge(length);
    }
    Size.Exact exact = exact("size", value, "'shortest_edge', or 'height' and 'width'");
    return exact == null ? absent : exact;
  }

  private Size.Exact crop(Size.Exact absent) {
    JsonNode value = json.path("crop_size");
    if (isAbsent(value)) {
      return absent;
    }
    Size.Exact exact = exact("crop_size", value, "'height' and 'width'");
    return exact == null ? absent : exact;
  }

  /// `{height, width}`, or in older files one length or `[height, width]`.
  private Size.@Nullable Exact exact(String key, JsonNode value, String keys) {
    JsonNode height = value;
    JsonNode width = value;
    if (has(value, "height") && has(value, "width")) {
      height = value.path("height");
      width = value.path("width");
    } else if (value.isArray() && value.size() == 2) {
      height = value.path(0);
      width = value.path(1);
    } else if (!value.isNumber()) {
      problems.add("'" + key + "' needs " + keys + ", and is " + value);
      return null;
    }
    Integer rows = length(key, height);
    Integer columns = length(key, width);
    return rows == null || columns == null ? null : new Size.Exact(rows, columns);
  }

  private @Nullable Integer length(String key, JsonNode value) {
    if (value.isIntegralNumber() && value.canConvertToInt() && value.asInt() > 0) {
      return value.asInt();
    }
    String problem = "'" + key + "' must be a whole number of pixels above 0, not " + value;
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
    return null;
  }

  private boolean flag(String key, boolean absent) {
    JsonNode value = json.path(key);
    if (isAbsent(value)) {
      return absent;
    }
    if (!value.isBoolean()) {
      problems.add("'" + key + "' must be true or false, not " + value);
      return absent;
    }
    return value.asBoolean();
  }

  private double number(String key, double absent) {
    JsonNode value = json.path(key);
    if (isAbsent(value)) {
      return absent;
    }
    if (!value.isNumber()) {
      problems.add("'" + key + "' must be a number, not " + value);
      return absent;
    }
    return value.asDouble();
  }

  /// Three numbers, or one that stands for all three.
  private List<Double> perChannel(String key, List<Double> absent) {
    JsonNode value = json.path(key);
    if (isAbsent(value)) {
      return absent;
    }
    if (value.isNumber()) {
      return List.of(value.asDouble(), value.asDouble(), value.asDouble());
    }
    List<Double> values = new ArrayList<>();
    for (JsonNode channel : value) {
      if (channel.isNumber()) {
        values.add(channel.asDouble());
      }
    }
    if (!value.isArray() || value.size() != 3 || values.size() != 3) {
      problems.add("'" + key + "' must be three numbers, for red, green and blue, not " + value);
      return absent;
    }
    return values;
  }

  private static boolean has(JsonNode value, String key) {
    return !isAbsent(value.path(key));
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  private void throwIfAny() {
    if (!problems.isEmpty()) {
      throw new UserException(String.join("; ", problems));
    }
  }
}
