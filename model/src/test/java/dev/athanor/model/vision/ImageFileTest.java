package dev.athanor.model.vision;

import static dev.athanor.model.vision.TestImages.bmp;
import static dev.athanor.model.vision.TestImages.bytes;
import static dev.athanor.model.vision.TestImages.chunk;
import static dev.athanor.model.vision.TestImages.concat;
import static dev.athanor.model.vision.TestImages.gif;
import static dev.athanor.model.vision.TestImages.jpeg;
import static dev.athanor.model.vision.TestImages.png;
import static dev.athanor.model.vision.TestImages.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Expected is what Pillow makes of such files.
class ImageFileTest {
  private static final byte[] GAMMA = chunk("gAMA", bytes(0, 0, 39, 16));
  private static final byte[] PALETTE = bytes(10, 20, 30, 200, 0, 0, 0, 200, 0, 0, 0, 200);
  private static final byte[] NO_CONTROL = {};

  @TempDir Path temp;

  @Test
  void read_greyPng_repeatsItSpreadOverEightBits() {
    assertThat(read(png(9, 1, 1, 0, bytes(0b10110001, 0b10000000), GAMMA)))
        .isEqualTo(grey(255, 0, 255, 255, 0, 0, 0, 255, 255));
    assertThat(read(png(4, 1, 2, 0, bytes(0b00011011)))).isEqualTo(grey(0, 85, 170, 255));
    assertThat(read(png(3, 1, 4, 0, bytes(0x0f, 0x70)))).isEqualTo(grey(0, 255, 119));
    assertThat(read(png(3, 1, 8, 0, bytes(0, 77, 255), GAMMA))).isEqualTo(grey(0, 77, 255));
  }

  @Test
  void read_transparentPng_liesOnWhiteOrShowsWhatWasHidden() {
    byte[] rgba = png(2, 1, 8, 6, bytes(9, 8, 7, 0, 6, 5, 4, 128));
    assertThat(dropped(rgba)).isEqualTo(row(9, 8, 7, 6, 5, 4));
    assertThat(read(rgba)).isEqualTo(row(255, 255, 255, 130, 130, 129));
    byte[] greyAlpha = png(2, 1, 8, 4, bytes(9, 0, 200, 255));
    assertThat(dropped(greyAlpha)).isEqualTo(grey(9, 200));
    assertThat(read(greyAlpha)).isEqualTo(grey(255, 200));
    byte[] rgbKey = png(2, 1, 8, 2, bytes(9, 8, 7, 6, 5, 4), chunk("tRNS", bytes(0, 9, 0, 8, 0, 7)));
    assertThat(dropped(rgbKey)).isEqualTo(row(9, 8, 7, 6, 5, 4));
    assertThat(read(rgbKey)).isEqualTo(row(255, 255, 255, 6, 5, 4));
    byte[] greyKey = png(2, 1, 8, 0, bytes(9, 8), chunk("tRNS", bytes(0, 9)));
    assertThat(dropped(greyKey)).isEqualTo(grey(9, 8));
    assertThat(read(greyKey)).isEqualTo(grey(255, 8));
    byte[] palette = png(4, 1, 2, 3, bytes(0b11000110), chunk("PLTE", PALETTE), chunk("tRNS", bytes(0, 255, 128)));
    assertThat(dropped(palette)).isEqualTo(row(0, 0, 200, 10, 20, 30, 200, 0, 0, 0, 200, 0));
    assertThat(read(palette)).isEqualTo(row(0, 0, 200, 255, 255, 255, 200, 0, 0, 127, 227, 127));
  }

  @Test
  void read_pngOfSixteenBits_takesTheUpperEight() {
    assertThat(read(png(1, 1, 16, 2, bytes(1, 255, 2, 254, 3, 0), GAMMA))).isEqualTo(row(1, 2, 3));
    assertThat(read(png(1, 1, 16, 6, bytes(1, 255, 2, 254, 3, 0, 255, 0)))).isEqualTo(row(1, 2, 3));
    assertThat(read(png(1, 1, 16, 4, bytes(200, 255, 0, 255)))).isEqualTo(grey(255));
    assertThat(dropped(png(1, 1, 16, 4, bytes(200, 255, 0, 255)))).isEqualTo(grey(200));
    assertThatThrownBy(() -> read(png(1, 1, 16, 0, bytes(1, 2))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("x is a greyscale PNG of 16 bits")
        .hasMessageContaining("8 bits");
  }

  @Test
  void read_jpeg_comesCloseAndRepeatsGrey() {
    RgbImage image = TestImages.constant(17, 23, 200, 100, 50);
    RgbImage read = read(jpeg(image));
    assertThat(read.height()).isEqualTo(17);
    assertThat(read.width()).isEqualTo(23);
    for (int i = 0; i < read.rgb().length; i++) {
      assertThat(Math.abs((read.rgb()[i] & 0xff) - (image.rgb()[i] & 0xff))).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void read_jpegWithProfileAndOrientation_appliesNeither() {
    byte[] plain = jpeg(TestImages.noise(new Random(5), 20, 30));
    byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    byte[] named = concat("ICC_PROFILE\0\1\1".getBytes(StandardCharsets.ISO_8859_1), profile);
    byte[] upright =
        concat(
            "Exif\0\0MM\0*\0\0\0\10\0\1".getBytes(StandardCharsets.ISO_8859_1),
            bytes(1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0));
    // The file's own JFIF segment stays the first, as it must.
    int afterJfif = 2 + 2 + ((plain[4] & 0xff) << 8 | (plain[5] & 0xff));
    byte[] marked =
        concat(
            Arrays.copyOf(plain, afterJfif),
            segment(0xe1, upright),
            segment(0xe2, named),
            Arrays.copyOfRange(plain, afterJfif, plain.length));
    assertThat(read(marked)).isEqualTo(read(plain));
  }

  /// Inks are stored as 255 less their amount, as Adobe does. One colour passes through a JPEG of the best quality unharmed.
  @Test
  void read_jpegOfFourInks_mixesThem() throws IOException {
    WritableRaster inks = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 8, 8, 4, null);
    for (int i = 0; i < 64; i++) {
      inks.setPixel(i % 8, i / 8, new int[] {255 - 40, 255 - 0, 255 - 255, 255 - 100});
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam best = writer.getDefaultWriteParam();
    best.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    best.setCompressionQuality(1);
    try (var stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(inks, null, null), best);
    } finally {
      writer.dispose();
    }
    // 155 of white are left by the black; cyan takes 40/255 of red's, magenta nothing of green's, yellow all of blue's.
    assertThat(read(out.toByteArray())).isEqualTo(TestImages.constant(8, 8, 155 - 24, 155, 0));
  }

  @Test
  void read_gifWhoseFrameIsAPieceOfItsScreen_fillsTheRest() {
    RgbImage expected = TestImages.constant(3, 4, 10, 20, 30);
    System.arraycopy(bytes(200, 0, 0, 0, 200, 0), 0, expected.rgb(), 3 * (4 + 2), 6);
    assertThat(read(gif(4, 3, 2, 1, 2, 1, PALETTE, NO_CONTROL, 1, 2))).isEqualTo(expected);
    byte[] transparentTwo = bytes('!', 0xf9, 4, 1, 0, 0, 2, 0);
    byte[] file = gif(4, 3, 2, 1, 2, 1, PALETTE, transparentTwo, 1, 3);
    RgbImage green = TestImages.constant(3, 4, 0, 200, 0);
    RgbImage white = TestImages.constant(3, 4, 255, 255, 255);
    for (RgbImage rest : List.of(green, white)) {
      System.arraycopy(bytes(200, 0, 0, 0, 0, 200), 0, rest.rgb(), 3 * (4 + 2), 6);
    }
    assertThat(dropped(file)).isEqualTo(green);
    assertThat(read(file)).isEqualTo(white);
  }

  @Test
  void read_gifWhoseFrameReachesBeyondItsScreen_widensIt() {
    assertThat(read(gif(1, 1, 1, 0, 2, 1, PALETTE, NO_CONTROL, 1, 3))).isEqualTo(row(10, 20, 30, 200, 0, 0, 0, 0, 200));
  }

  @Test
  void read_gifWithoutPalette_isRefused() {
    byte[] file = gif(2, 1, 0, 0, 2, 1, PALETTE, NO_CONTROL, 1, 3);
    byte[] bare = concat(Arrays.copyOf(file, 13), Arrays.copyOfRange(file, 13 + PALETTE.length, file.length));
    bare[10] = 0;
    assertThatThrownBy(() -> read(bare)).isInstanceOf(UserException.class).hasMessageContaining("it has no palette");
  }

  @Test
  void read_bmp_isUprightAndSpreadOverEightBits() {
    assertThat(read(bmp(1, 2, 24, 0, bytes(3, 2, 1, 0, 6, 5, 4, 0))))
        .isEqualTo(new RgbImage(2, 1, bytes(4, 5, 6, 1, 2, 3)));
    assertThat(read(bmp(1, 1, 32, 0, bytes(3, 2, 1, 0)))).isEqualTo(row(1, 2, 3));
    // The header of version 4, of 108 bytes: the fourth byte is the opacity if the masks count.
    byte[] masks = bytes(0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 0, 0, 0, 255);
    byte[] version4 = bmp(1, 1, 32, 3, concat(masks, new byte[52], bytes(4, 5, 6, 128)));
    version4[10] = 14 + 108;
    version4[14] = 108;
    assertThat(read(version4)).isEqualTo(row(130, 130, 129));
    version4[30] = 0;
    assertThat(read(version4)).isEqualTo(row(6, 5, 4));
    // Five bits each: 1, 16 and 31 of 31.
    assertThat(read(bmp(1, 1, 16, 0, bytes(0x1f, 0b00000110, 0, 0)))).isEqualTo(row(8, 131, 255));
  }

  @Test
  void read_nameOfAnotherKind_goesByTheBytes() throws IOException {
    Path file = temp.resolve("photo.jpg");
    Files.write(file, png(1, 1, 8, 2, bytes(1, 2, 3)));
    assertThat(RgbImage.read(file, Transparency.ON_WHITE)).isEqualTo(row(1, 2, 3));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "RIFF....WEBPVP8 | a WebP image",
        "II*\0........ | a TIFF image",
        "....ftypavif.... | an AVIF image",
        "....ftypheic.... | a HEIC image",
        "<svg xmlns= | SVG",
        "hello | no image of a kind that is known"
      })
  void read_anotherKind_saysWhichAndWhatIsRead(String beginning, String kind) throws IOException {
    Path file = temp.resolve("photo");
    Files.writeString(file, beginning.replace("\\0", "\0"), StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> RgbImage.read(file, Transparency.ON_WHITE))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(kind)
        .hasMessageContaining("PNG, JPEG, GIF and BMP");
  }

  @Test
  void read_nothing_saysWhatIsThere() throws IOException {
    assertThatThrownBy(() -> RgbImage.read(temp.resolve("no.png"), Transparency.ON_WHITE))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no.png: it does not exist");
    assertThatThrownBy(() -> RgbImage.read(temp, Transparency.ON_WHITE))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("a folder");
    Path empty = Files.createFile(temp.resolve("empty.png"));
    assertThatThrownBy(() -> RgbImage.read(empty, Transparency.ON_WHITE))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(empty + " is an empty file");
  }

  @Test
  void read_fileThatClaimsTooManyPixels_isRefusedBeforeTheyAreMade() {
    byte[] small = {1};
    for (byte[] file :
        List.of(
            png(20_000, 10_000, 8, 2, small),
            gif(65_535, 65_535, 0, 0, 1, 1, PALETTE, NO_CONTROL, 1),
            bmp(20_000, 10_000, 24, 1, small),
            withSize(jpeg(TestImages.constant(8, 8, 1, 2, 3)), 65_500, 65_500))) {
      assertThatThrownBy(() -> read(file))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("x is too big")
          .hasMessageContaining("at most 178,956,970");
    }
    assertThatThrownBy(() -> read(bmp(1, 1, 0, 5, png(20_000, 10_000, 8, 2, small))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("x is a BMP with a JPEG or PNG inside");
  }

  /// The end of a PNG may miss its last chunk, that of a GIF its last byte: all pixels are there.
  @Test
  void read_fileCutShort_isRefused() {
    RgbImage image = TestImages.noise(new Random(6), 24, 24);
    for (byte[] file : List.of(png(image), jpeg(image), gif(4, 4, 0, 0, 4, 4, PALETTE, NO_CONTROL, new int[16]))) {
      for (int length = 1; length < file.length - 24; length += 1 + file.length / 60) {
        byte[] cut = Arrays.copyOf(file, length);
        assertThatThrownBy(() -> read(cut)).as("%d of %d bytes", length, file.length).isInstanceOf(UserException.class);
      }
    }
  }

  @Test
  void read_damagedFile_isReadOrRefusedByName() {
    Random random = new Random(7);
    RgbImage image = TestImages.noise(random, 16, 16);
    int refused = 0;
    for (byte[] file :
        List.of(
            png(image),
            png(4, 1, 2, 3, bytes(0b11000110), chunk("PLTE", PALETTE), chunk("tRNS", bytes(0, 0, 128))),
            jpeg(image),
            gif(4, 4, 0, 0, 4, 4, PALETTE, NO_CONTROL, new int[16]),
            bmp(16, 16, 24, 0, new byte[16 * 48]))) {
      for (int i = 0; i < 200; i++) {
        byte[] damaged = file.clone();
        for (int j = 0; j <= i % 3; j++) {
          damaged[4 + random.nextInt(Math.min(i % 2 == 0 ? 60 : file.length, file.length - 4))] = (byte) random.nextInt(256);
        }
        try {
          assertThat(read(damaged).rgb()).isNotEmpty();
        } catch (UserException e) {
          assertThat(e).hasMessageStartingWith("x ");
          refused++;
        }
      }
    }
    assertThat(refused).isBetween(200, 900);
  }

  /// The file with other numbers in its start of frame.
  private static byte[] withSize(byte[] jpeg, int height, int width) {
    byte[] changed = jpeg.clone();
    for (int at = 2; at < jpeg.length - 9; at++) {
      if ((jpeg[at] & 0xff) == 0xff && (jpeg[at + 1] & 0xff) == 0xc0) {
        System.arraycopy(bytes(height >> 8, height, width >> 8, width), 0, changed, at + 5, 4);
        return changed;
      }
    }
    throw new AssertionError("no start of frame");
  }

  private static RgbImage read(byte[] file) {
    return RgbImage.read("x", file, Transparency.ON_WHITE);
  }

  private static RgbImage dropped(byte[] file) {
    return RgbImage.read("x", file, Transparency.DROPPED);
  }

  private static RgbImage row(int... rgb) {
    return new RgbImage(1, rgb.length / 3, bytes(rgb));
  }

  private static RgbImage grey(int... values) {
    byte[] rgb = new byte[3 * values.length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) values[i / 3];
    }
    return new RgbImage(1, values.length, rgb);
  }
}
