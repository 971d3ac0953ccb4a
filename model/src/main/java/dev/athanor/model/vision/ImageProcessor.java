package dev.athanor.model.vision;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What is done with an image before a vision tower sees it, as the published `preprocessor_config.json` states it. The steps
/// in their order: to RGB, pad to a square, resize, crop the centre, rescale, normalise. The pixels equal those of the
/// published processors that work with Pillow (the "slow" ones); those that work with torchvision round differently.
///
/// @param kind the published class; with it go the values that a file leaves out
/// @param convertRgb kept for the file's sake: an image is made RGB in any case, no tower takes another
/// @param padToSquare LLaVA 1.5 as it was trained: before it is resized, the image comes to the middle of a square of the mean
///     colour
/// @param size what `resize` brings it to
/// @param crop what `centreCrop` leaves of it; black is added where it is smaller
/// @param rescaleFactor what each value of 0 to 255 is multiplied by
/// @param mean of red, green and blue after rescaling; subtracted by `normalise`
/// @param std what `normalise` divides by
/// @param processorClass the published class that combines this and the tokenizer
public record ImageProcessor(
    Kind kind,
    boolean convertRgb,
    boolean padToSquare,
    boolean resize,
    Size size,
    Resample resample,
    boolean centreCrop,
    Size.Exact crop,
    boolean rescale,
    double rescaleFactor,
    boolean normalise,
    List<Double> mean,
    List<Double> std,
    Optional<String> processorClass) {
  public static final String FILE = "preprocessor_config.json";
  private static final String COMBINED_FILE = "processor_config.json";

  /// The published classes.
  public enum Kind {
    CLIP("CLIPImageProcessor"),
    /// CLIP's with `do_pad`.
    LLAVA("LlavaImageProcessor"),
    VIT("ViTImageProcessor");

    private final String published;

    Kind(String published) {
      this.published = published;
    }

    /// `image_processor_type`.
    public String published() {
      return published;
    }
  }

  public ImageProcessor {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    require(mean.size() == 3 && std.size() == 3, "image_mean and image_std need three numbers, for red, green and blue");
    require(mean.stream().allMatch(Double::isFinite), "image_mean must be finite");
    require(std.stream().allMatch(s -> s > 0 && Double.isFinite(s)), "image_std must be positive");
    require(rescaleFactor > 0 && Double.isFinite(rescaleFactor), "rescale_factor must be positive");
    require(!padToSquare || kind == Kind.LLAVA, "only a LlavaImageProcessor pads to a square");
    require(
        !padToSquare || mean.stream().allMatch(m -> m >= 0 && m <= 1),
        "image_mean is the colour to pad with and must lie between 0 and 1");
  }

  /// What CLIP's checkpoints of this image size state, and LLaVA's: bicubic to the shorter edge, then the centre.
  public static ImageProcessor clip(int edge) {
    return new ImageProcessor(
        Kind.CLIP,
        true,
        false,
        true,
        new Size.ShortestEdge(edge),
        Resample.BICUBIC,
        true,
        Size.Exact.square(edge),
        true,
        1 / 255.0,
        true,
        List.of(0.48145466, 0.4578275, 0.40821073),
        List.of(0.26862954, 0.26130258, 0.27577711),
        Optional.empty());
  }

  /// What ViT's checkpoints of this image size state: bilinear to a square, values from −1 to 1.
  public static ImageProcessor vit(int edge) {
    return new ImageProcessor(
        Kind.VIT,
        false,
        false,
        true,
        Size.Exact.square(edge),
        Resample.BILINEAR,
        false,
        Size.Exact.square(edge),
        true,
        1 / 255.0,
        true,
        List.of(0.5, 0.5, 0.5),
        List.of(0.5, 0.5, 0.5),
        Optional.empty());
  }

  /// Reads a checkpoint folder's `preprocessor_config.json`, or the part of its `processor_config.json` that newer ones have
  /// instead.
  ///
  /// @throws UserException when neither is there or it is not supported; names the file and every problem in it
  public static ImageProcessor read(Path checkpoint) {
    Path file = checkpoint.resolve(FILE);
    Path combined = checkpoint.resolve(COMBINED_FILE);
    if (!Files.exists(file) && Files.exists(combined)) {
      JsonNode part = Json.readFile(combined).path("image_processor");
      if (part.isObject()) {
        return of(combined + ": image_processor", part);
      }
    }
    if (!Files.exists(file)) {
      throw new UserException("no " + FILE + " in " + checkpoint + ": it says how images become a vision model's input");
    }
    return of(file.toString(), Json.readFile(file));
  }

  private static ImageProcessor of(String name, JsonNode json) {
    try {
      return of(json);
    } catch (UserException e) {
      throw new UserException(name + ": " + e.getMessage(), e);
    }
  }

  /// @throws UserException naming every key that is not supported, and what is
  public static ImageProcessor of(JsonNode json) {
    return PreprocessorConfig.read(json);
  }

  /// The published form, keys sorted as there.
  public ObjectNode json() {
    return PreprocessorConfig.write(this);
  }

  /// The same with padding to a square or without; a CLIP's that pads becomes a LLaVA's. The original LLaVA's repository asks
  /// for it by `image_aspect_ratio: pad` in `config.json`.
  ///
  /// @throws IllegalArgumentException when a ViT's is to pad
  public ImageProcessor withPadToSquare(boolean pad) {
    return new ImageProcessor(
        pad && kind == Kind.CLIP ? Kind.LLAVA : kind,
        convertRgb,
        pad,
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
  }

  /// What a vision tower takes of an image file; see [RgbImage#read(Path, Transparency)]. Transparency lies on white, as the
  /// published processors have it; to drop it, read the image oneself.
  ///
  /// @throws UserException when it cannot be read or becomes too big; names it
  public PixelValues pixels(Path image) {
    return pixels(image.toString(), RgbImage.read(image, Transparency.ON_WHITE));
  }

  /// The same of a file that is in memory already.
  ///
  /// @param name what an error calls it
  public PixelValues pixels(String name, byte[] file) {
    return pixels(name, RgbImage.read(name, file, Transparency.ON_WHITE));
  }

  private PixelValues pixels(String name, RgbImage image) {
    try {
      return pixels(image);
    } catch (UserException e) {
      throw new UserException(name + ": " + e.getMessage(), e);
    }
  }

  public PixelValues pixels(RgbImage image) {
    RgbImage ready = image;
    if (padToSquare) {
      ready = ready.padToSquare(meanColour());
    }
    if (resize) {
      ready = resample.resize(ready, size.of(ready.height(), ready.width()));
    }
    if (centreCrop) {
      ready = ready.centreCrop(crop);
    }
    return values(ready);
  }

  /// Of 255, cut off.
  private byte[] meanColour() {
    byte[] colour = new byte[3];
    for (int channel = 0; channel < 3; channel++) {
      colour[channel] = (byte) (mean.get(channel) * 255);
    }
    return colour;
  }

  private PixelValues values(RgbImage image) {
    int area = image.height() * image.width();
    byte[] rgb = image.rgb();
    float[] values = new float[Math.multiplyExact(3, area)];
    for (int channel = 0; channel < 3; channel++) {
      float[] table = table(channel);
      for (int i = 0; i < area; i++) {
        values[channel * area + i] = table[rgb[3 * i + channel] & 0xff];
      }
    }
    return new PixelValues(3, image.height(), image.width(), values);
  }

  /// What becomes of each of the 256 values. The published processors multiply in double precision, keep a float of it, and
  /// normalise in floats.
  private float[] table(int channel) {
    float subtract = mean.get(channel).floatValue();
    float divide = std.get(channel).floatValue();
    float[] table = new float[256];
    for (int value = 0; value < 256; value++) {
      float scaled = rescale ? (float) (value * rescaleFactor) : value;
      table[value] = normalise ? (scaled - subtract) / divide : scaled;
    }
    return table;
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
