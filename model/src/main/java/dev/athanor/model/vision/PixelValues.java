package dev.athanor.model.vision;

/// One image as a vision tower takes it.
///
/// @param values in the order channel, row, column; not copied
public record PixelValues(int channels, int height, int width, float[] values) {
  public PixelValues {
    if (channels <= 0 || height <= 0 || width <= 0) {
      throw new IllegalArgumentException("no pixels in " + channels + " x " + height + " x " + width);
    }
    if (values.length != (long) channels * height * width) {
      throw new IllegalArgumentException(
          channels + " x " + height + " x " + width + " pixel values are not " + values.length);
    }
  }

  public float at(int channel, int y, int x) {
    return values[(channel * height + y) * width + x];
  }
}
