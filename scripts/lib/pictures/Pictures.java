import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Draws the pictures of a walk-through into a directory. Uses no fonts, since a server may have none. */
final class Pictures {
  private static final DateTimeFormatter EXIF_TIME =
      DateTimeFormatter.ofPattern("yyyy:MM:dd HH:mm:ss", Locale.ROOT);

  /** Three columns and five rows of dots: a digit for each row, from the top, 4 the left dot and 1 the right one. */
  private static final Map<Character, String> GLYPHS = glyphs();

  private final Path directory;
  private final ZonedDateTime now = ZonedDateTime.now();

  private Pictures(Path directory) {
    this.directory = directory;
  }

  public static void main(String[] arguments) throws IOException {
    Pictures pictures = new Pictures(Path.of(arguments[0]));
    pictures.photo("receipt.jpg", receipt(), pictures.now.minusHours(3));
    pictures.photo("bicycle.jpg", bicycle(), pictures.now.minusDays(1));
    pictures.photo("sunflowers.jpg", sunflowers(), pictures.now.minusMinutes(50));
    pictures.photo("sunset.jpg", sunset(), pictures.now.minusMinutes(1));
    pictures.screenshot("screenshot.png", screenshot());
  }

  private void photo(String name, BufferedImage image, ZonedDateTime taken) throws IOException {
    grain(image);
    byte[] jpeg = jpeg(image);
    byte[] exif = exif(taken, image.getWidth(), image.getHeight());
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(jpeg, 0, 2); // SOI
    DataOutputStream segment = new DataOutputStream(file);
    segment.writeShort(0xffe1); // APP1
    segment.writeShort(2 + exif.length);
    segment.write(exif);
    segment.write(jpeg, 2, jpeg.length - 2);
    Files.write(directory.resolve(name), file.toByteArray());
    System.out.println(directory.resolve(name) + "  taken " + EXIF_TIME.format(taken));
  }

  private void screenshot(String name, BufferedImage image) throws IOException {
    ImageIO.write(image, "png", directory.resolve(name).toFile());
    System.out.println(directory.resolve(name));
  }

  private static byte[] jpeg(BufferedImage image) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    param.setCompressionQuality(0.85f);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), param);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** As of EXIF 2.32, in Motorola's byte order: a directory of the image that points to one of the photo. */
  private static byte[] exif(ZonedDateTime taken, int width, int height) throws IOException {
    String time = EXIF_TIME.format(taken);
    String offset = DateTimeFormatter.ofPattern("xxx", Locale.ROOT).format(taken);
    // Each directory: a count, 12 bytes an entry, the place of the next one.
    Directory image = new Directory(8, 5);
    image.ascii(0x010f, "Starling"); // Make
    image.ascii(0x0110, "Walkthrough 1"); // Model
    image.number(0x0112, 1); // Orientation: as it is
    image.ascii(0x0132, time); // DateTime
    image.offset(0x8769, image.end()); // ExifIFD
    Directory photo = new Directory(image.end(), 4);
    photo.ascii(0x9003, time); // DateTimeOriginal
    photo.ascii(0x9011, offset); // OffsetTimeOriginal
    photo.number(0xa002, width); // PixelXDimension
    photo.number(0xa003, height); // PixelYDimension
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write("Exif\0\0MM\0*".getBytes(StandardCharsets.ISO_8859_1));
    out.writeInt(8);
    out.write(image.bytes());
    out.write(photo.bytes());
    return bytes.toByteArray();
  }

  /** Entries of TIFF, in the order of their tags, and behind them what is too long for them. */
  private static final class Directory {
    private static final int ASCII = 2;
    private static final int SHORT = 3;
    private static final int LONG = 4;

    private final int place;
    private final int count;
    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(entries);
    private final ByteArrayOutputStream values = new ByteArrayOutputStream();

    /**
     * @param place where it begins, in bytes from the beginning of the TIFF header
     * @param count of its entries
     */
    Directory(int place, int count) throws IOException {
      this.place = place;
      this.count = count;
      out.writeShort(count);
    }

    void ascii(int tag, String text) throws IOException {
      byte[] bytes = (text + "\0").getBytes(StandardCharsets.US_ASCII);
      entry(tag, ASCII, bytes.length);
      out.writeInt(end());
      values.write(bytes);
      if (bytes.length % 2 != 0) {
        values.write(0);
      }
    }

    void number(int tag, int value) throws IOException {
      entry(tag, SHORT, 1);
      out.writeShort(value);
      out.writeShort(0);
    }

    void offset(int tag, int value) throws IOException {
      entry(tag, LONG, 1);
      out.writeInt(value);
    }

    /** Where what comes next begins. */
    int end() {
      return place + 2 + 12 * count + 4 + values.size();
    }

    byte[] bytes() throws IOException {
      out.writeInt(0); // no other one
      values.writeTo(out);
      return entries.toByteArray();
    }

    private void entry(int tag, int type, int length) throws IOException {
      out.writeShort(tag);
      out.writeShort(type);
      out.writeInt(length);
    }
  }

  private static BufferedImage canvas(int width, int height) {
    return new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
  }

  private static Graphics2D pen(BufferedImage image) {
    Graphics2D pen = image.createGraphics();
    pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    return pen;
  }

  /** What a lens and a sensor do to a picture: noise, and darker corners. */
  private static void grain(BufferedImage image) {
    Random random = new Random(1);
    double far = Math.hypot(image.getWidth(), image.getHeight()) / 2;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        double distance = Math.hypot(x - image.getWidth() / 2.0, y - image.getHeight() / 2.0) / far;
        double light = 1 - 0.18 * distance * distance;
        double noise = 4 * random.nextGaussian();
        int rgb = image.getRGB(x, y);
        int lit = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
          int value = (int) Math.round((rgb >> shift & 0xff) * light + noise);
          lit |= Math.max(0, Math.min(255, value)) << shift;
        }
        image.setRGB(x, y, lit);
      }
    }
  }

  private static BufferedImage receipt() {
    BufferedImage image = canvas(900, 1400);
    Graphics2D pen = pen(image);
    pen.setColor(new Color(0x5b5f66));
    pen.fillRect(0, 0, 900, 1400);
    pen.rotate(-0.03, 450, 700);
    pen.setColor(new Color(0xf4f2ea));
    pen.fillRect(120, 90, 660, 1220);
    pen.setColor(new Color(0x22242a));
    write(pen, "CORNER SHOP", 190, 170, 11);
    String[] lines = {
      "RECEIPT 004217", "TILL 2     09:14", "", "BREAD      3.20", "OAT MILK   1.80", "PEARS      2.45", "SOAP       1.10",
      "", "TOTAL EUR  8.55", "PAID BY CARD", "", "THANK YOU"
    };
    for (int i = 0; i < lines.length; i++) {
      write(pen, lines[i], 190, 320 + 72 * i, 8);
    }
    for (int i = 0, x = 190; x < 690; i++) {
      int width = 4 + i * 7 % 11;
      pen.fillRect(x, 1190, width, 80);
      x += width + 4 + i * 5 % 7;
    }
    return image;
  }

  private static BufferedImage bicycle() {
    BufferedImage image = canvas(1600, 1200);
    Graphics2D pen = pen(image);
    pen.setPaint(new GradientPaint(0, 0, new Color(0xd42f2b), 0, 820, new Color(0xb3201f)));
    pen.fillRect(0, 0, 1600, 820);
    pen.setColor(new Color(0x8b8d90));
    pen.fillRect(0, 820, 1600, 380);
    pen.setStroke(new BasicStroke(20));
    pen.setColor(new Color(0x1c1c1f));
    pen.draw(new Ellipse2D.Double(230, 560, 440, 440));
    pen.draw(new Ellipse2D.Double(930, 560, 440, 440));
    pen.setStroke(new BasicStroke(26, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    pen.setColor(new Color(0xe8423a));
    int[][] tubes = {
      {450, 780, 700, 780}, {450, 780, 620, 480}, {700, 780, 600, 420}, {620, 480, 1060, 460}, {700, 780, 1060, 460},
      {1150, 780, 1040, 400}
    };
    for (int[] tube : tubes) {
      pen.draw(new Line2D.Double(tube[0], tube[1], tube[2], tube[3]));
    }
    pen.setColor(new Color(0x1c1c1f));
    pen.fillRoundRect(540, 395, 140, 34, 30, 30);
    pen.draw(new Line2D.Double(1040, 400, 1120, 370));
    pen.fillOval(665, 745, 70, 70);
    return image;
  }

  private static BufferedImage sunflowers() {
    BufferedImage image = canvas(1200, 1600);
    Graphics2D pen = pen(image);
    pen.setPaint(new GradientPaint(0, 0, new Color(0x9fc9ee), 0, 500, new Color(0xd7ecf8)));
    pen.fillRect(0, 0, 1200, 500);
    pen.setColor(new Color(0x3f8a3a));
    pen.fillRect(0, 500, 1200, 1100);
    int[][] flowers = {{300, 620, 230}, {860, 560, 260}, {560, 1050, 300}, {980, 1240, 240}, {210, 1310, 220}};
    for (int[] flower : flowers) {
      flower(pen, flower[0], flower[1], flower[2]);
    }
    return image;
  }

  private static void flower(Graphics2D pen, int x, int y, int radius) {
    pen.setColor(new Color(0xf2c81e));
    for (int i = 0; i < 18; i++) {
      double angle = Math.PI * i / 9;
      double center = radius * 0.62;
      Graphics2D petal = (Graphics2D) pen.create();
      petal.translate(x + center * Math.cos(angle), y + center * Math.sin(angle));
      petal.rotate(angle);
      petal.fill(new Ellipse2D.Double(-radius * 0.4, -radius * 0.16, radius * 0.8, radius * 0.32));
      petal.dispose();
    }
    pen.setColor(new Color(0x4a2c17));
    pen.fill(new Ellipse2D.Double(x - radius * 0.36, y - radius * 0.36, radius * 0.72, radius * 0.72));
  }

  private static BufferedImage sunset() {
    BufferedImage image = canvas(1600, 1066);
    Graphics2D pen = pen(image);
    pen.setPaint(new GradientPaint(0, 0, new Color(0xd9661f), 0, 620, new Color(0xffb04a)));
    pen.fillRect(0, 0, 1600, 620);
    pen.setColor(new Color(0xfff0b8));
    pen.fill(new Ellipse2D.Double(700, 430, 200, 200));
    pen.setPaint(new GradientPaint(0, 610, new Color(0xe98a35), 0, 880, new Color(0x8a4a3a)));
    pen.fillRect(0, 610, 1600, 270);
    pen.setColor(new Color(0x2b211f));
    pen.fillRect(0, 880, 1600, 186);
    pen.setColor(new Color(255, 226, 160, 140));
    for (int i = 0; i < 14; i++) {
      int width = 220 - 11 * i;
      pen.fillRect(800 - width / 2, 625 + 17 * i, width, 5);
    }
    return image;
  }

  private static BufferedImage screenshot() {
    BufferedImage image = canvas(1080, 2400);
    Graphics2D pen = image.createGraphics(); // screens have no soft edges
    pen.setColor(Color.WHITE);
    pen.fillRect(0, 0, 1080, 2400);
    pen.setColor(new Color(0x1f5fbf));
    pen.fillRect(0, 0, 1080, 260);
    pen.setColor(Color.WHITE);
    write(pen, "18:04", 40, 40, 8);
    write(pen, "TIMETABLE", 60, 150, 14);
    String[] lines = {"07:12 HARBOUR", "07:42 HARBOUR", "08:05 CASTLE HILL", "08:35 HARBOUR", "09:10 MARKET", "09:40 CASTLE HILL"};
    for (int i = 0; i < lines.length; i++) {
      pen.setColor(i % 2 == 0 ? new Color(0xf1f4f9) : Color.WHITE);
      pen.fillRect(0, 300 + 240 * i, 1080, 230);
      pen.setColor(new Color(0x202124));
      write(pen, lines[i], 60, 385 + 240 * i, 11);
    }
    pen.setColor(new Color(0x1f5fbf));
    pen.fillRect(60, 2120, 960, 170);
    pen.setColor(Color.WHITE);
    write(pen, "REMIND ME", 300, 2172, 13);
    return image;
  }

  /** Writes with dots of so many pixels. */
  private static void write(Graphics2D pen, String text, int x, int y, int dot) {
    for (int i = 0; i < text.length(); i++) {
      String rows = GLYPHS.get(text.charAt(i));
      for (int row = 0; row < 5; row++) {
        int bits = rows.charAt(row) - '0';
        for (int column = 0; column < 3; column++) {
          if ((bits & 4 >> column) != 0) {
            pen.fillRect(x + (4 * i + column) * dot, y + row * dot, dot, dot);
          }
        }
      }
    }
  }

  private static Map<Character, String> glyphs() {
    Map<Character, String> glyphs = new HashMap<>();
    String[] digits = {"75557", "26227", "71747", "71717", "55711", "74717", "74757", "71122", "75757", "75717"};
    for (int i = 0; i < digits.length; i++) {
      glyphs.put((char) ('0' + i), digits[i]);
    }
    String[] letters = {
      "25755", "65656", "34443", "65556", "74647", "74644", "34553", "55755", "72227", "11152", "55655", "44447", "57755",
      "65555", "25552", "65644", "25563", "65655", "34216", "72222", "55557", "55552", "55775", "55255", "55222", "71247"
    };
    for (int i = 0; i < letters.length; i++) {
      glyphs.put((char) ('A' + i), letters[i]);
    }
    glyphs.put('.', "00002");
    glyphs.put(':', "02020");
    glyphs.put(' ', "00000");
    return glyphs;
  }
}
