import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes the data of the request-path benchmark: users, access tokens for them, and tokens that must
 * be refused.
 *
 * <p>Run from source: {@code java Seed.java mint <directory> <users>} writes {@code users.csv},
 * {@code tokens.txt} and {@code bad-tokens.tsv}; {@code java -cp <jar with the PostgreSQL driver>
 * Seed.java insert <data-directory> <users.csv>} inserts the users into the embedded database of
 * the node with that data directory.
 *
 * <p>{@code mint} takes the signing secret from {@code JWT_SECRET}, so that no process list shows
 * it.
 */
final class Seed {

  /** Follow the schema of the users verticle; their parameters are set in {@link #insert}. */
  private static final String INSERT_USER =
      """
      INSERT INTO shard_%02d.users (id, email, email_key, name, created_at)
      VALUES (?, ?, lower(?), ?, ?)
      ON CONFLICT DO NOTHING
      """;

  private static final String INSERT_CLAIM =
      "INSERT INTO users.emails (user_id, email_key) VALUES (?, lower(?)) ON CONFLICT DO NOTHING";

  private static final String HEADING = "id,email,name,created_at";
  private static final Duration LIFETIME = Duration.ofHours(12); // outlives a run, within what a node accepts

  private Seed() {}

  /**
   * Email and name hold neither commas nor quotes, so that a line of the CSV file needs no
   * escaping.
   */
  private record User(UUID id, String email, String name, Instant createdAt) {

    String line() {
      return String.join(",", id.toString(), email, name, createdAt.toString());
    }

    static User parse(String line) {
      String[] columns = line.split(",", -1);
      if (columns.length != 4) {
        throw new IllegalArgumentException(
            "users.csv: \"" + line + "\" (expected: " + HEADING + ")");
      }
      return new User(
          UUID.fromString(columns[0]), columns[1], columns[2], Instant.parse(columns[3]));
    }
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length == 3 && arguments[0].equals("mint")) {
      mint(Path.of(arguments[1]), Integer.parseInt(arguments[2]));
    } else if (arguments.length == 3 && arguments[0].equals("insert")) {
      insert(Database.of(Path.of(arguments[1])), Path.of(arguments[2]));
    } else {
      System.err.println(
          "usage: Seed.java mint <directory> <users> | insert <data-directory> <users.csv>");
      System.exit(2);
    }
  }

  private static void mint(Path directory, int count) throws IOException, GeneralSecurityException {
    Instant now = Instant.ofEpochSecond(Instant.now().getEpochSecond());
    List<User> users = users(count, now);
    Signer signer = new Signer(environment("JWT_SECRET"));
    Files.createDirectories(directory);
    List<String> lines = new ArrayList<>(List.of(HEADING));
    users.forEach(user -> lines.add(user.line()));
    Files.write(directory.resolve("users.csv"), lines);

    List<String> tokens = new ArrayList<>(count);
    for (User user : users) {
      tokens.add(signer.sign("at+jwt", claims(user.id(), now)));
    }
    Files.write(directory.resolve("tokens.txt"), tokens);
    Files.write(directory.resolve("bad-tokens.tsv"), badTokens(signer, users.get(0).id(), now));
  }

  private static List<User> users(int count, Instant now) {
    if (count < 1) {
      throw new IllegalArgumentException("users: " + count + " (expected: >= 1)");
    }
    Random random = new Random(20_260_101L);
    List<User> users = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Instant createdAt = now.minusSeconds(86_400L * 30 + random.nextInt(86_400 * 300));
      users.add(
          new User(
              uuidVersion7(createdAt, random),
              "user%05d@example.com".formatted(i),
              "Example User %05d".formatted(i),
              createdAt));
    }
    return users;
  }

  /** RFC 9562 section 5.7: 48 bits of milliseconds, then version, variant and random bits. */
  private static UUID uuidVersion7(Instant at, Random random) {
    long high = (at.toEpochMilli() << 16) | 0x7000L | random.nextInt(0x1000);
    long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  private static Map<String, Object> claims(UUID subject, Instant now) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", "starling");
    claims.put("aud", "starling");
    claims.put("sub", subject.toString());
    claims.put("iat", now.getEpochSecond());
    claims.put("exp", now.plus(LIFETIME).getEpochSecond());
    claims.put("jti", UUID.randomUUID().toString());
    return claims;
  }

  /**
   * Each line is a reason, a tab and a token that differs from a good one in that respect alone.
   */
  private static List<String> badTokens(Signer signer, UUID subject, Instant now)
      throws GeneralSecurityException {
    Map<String, Object> good = claims(subject, now);
    String token = signer.sign("at+jwt", good);
    int signature = token.lastIndexOf('.') + 1;
    char first = token.charAt(signature) == 'A' ? 'B' : 'A';
    String none =
        Signer.encode("{\"alg\":\"none\",\"typ\":\"at+jwt\"}")
            + token.substring(token.indexOf('.'));
    return List.of(
        "signature\t" + token.substring(0, signature) + first + token.substring(signature + 1),
        "no-signature\t" + token.substring(0, signature),
        "alg-none\t" + none.substring(0, none.lastIndexOf('.') + 1),
        "other-key\t" + new Signer(UUID.randomUUID() + "" + UUID.randomUUID()).sign("at+jwt", good),
        "typ\t" + signer.sign("JWT", good),
        "issuer\t" + signer.sign("at+jwt", with(good, "iss", "someone-else")),
        "audience\t" + signer.sign("at+jwt", with(good, "aud", "something-else")),
        "expired\t"
            + signer.sign("at+jwt", with(good, "exp", now.minusSeconds(3600).getEpochSecond())),
        "malformed\tnot-a-token");
  }

  private static Map<String, Object> with(Map<String, Object> claims, String name, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(claims);
    changed.put(name, value);
    return changed;
  }

  /** Where an embedded server listens and its node's role; see {@code docs/adr/0006}. */
  private record Database(String url, String password) {
    private static final String NAME = "starling";
    private static final String ROLE = "starling";

    static Database of(Path dataDirectory) throws IOException {
      Path home = dataDirectory.resolve("postgres");
      int port = Integer.parseInt(Files.readString(home.resolve("port")).strip());
      List<String> passwords = Files.readAllLines(home.resolve("credentials"));
      if (passwords.size() != 2) {
        throw new IllegalStateException(
            home.resolve("credentials") + ": " + passwords.size() + " lines (expected: 2)");
      }
      return new Database("jdbc:postgresql://127.0.0.1:" + port + "/" + NAME, passwords.get(1));
    }

    Connection connect() throws SQLException {
      Properties login = new Properties();
      login.setProperty("user", ROLE);
      login.setProperty("password", password);
      login.setProperty("connectTimeout", "10"); // seconds
      login.setProperty("socketTimeout", "60"); // seconds
      return DriverManager.getConnection(url, login);
    }

    @Override
    public String toString() {
      return url;
    }
  }

  private static void insert(Database database, Path file) throws IOException, SQLException {
    List<String> lines = Files.readAllLines(file);
    Map<Integer, List<User>> users = new TreeMap<>();
    for (String line : lines.subList(1, lines.size())) {
      User user = User.parse(line);
      users.computeIfAbsent(shardOf(user.id()), shard -> new ArrayList<>()).add(user);
    }
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      int inserted = 0;
      for (Map.Entry<Integer, List<User>> shard : users.entrySet()) {
        claim(connection, shard.getValue());
        inserted += insert(connection, shard.getKey(), shard.getValue());
      }
      connection.commit();
      System.out.printf("inserted %d of %d users%n", inserted, lines.size() - 1);
    }
  }

  /** Follows {@code dev.starling.postgres.shards.Shards.of}; {@code mint} runs without the jar. */
  private static int shardOf(UUID id) {
    long h = id.getMostSignificantBits() * 31 + id.getLeastSignificantBits();
    h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
    h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return (int) ((h ^ (h >>> 33)) & 31);
  }

  private static void claim(Connection connection, List<User> users) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT_CLAIM)) {
      for (User user : users) {
        statement.setObject(1, user.id());
        statement.setString(2, user.email());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static int insert(Connection connection, int shard, List<User> users)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(INSERT_USER.formatted(shard))) {
      for (User user : users) {
        statement.setObject(1, user.id());
        statement.setString(2, user.email());
        statement.setString(3, user.email());
        statement.setString(4, user.name());
        statement.setTimestamp(5, Timestamp.from(user.createdAt()));
        statement.addBatch();
      }
      int inserted = 0;
      for (int rows : statement.executeBatch()) {
        inserted += Math.max(rows, 0);
      }
      return inserted;
    }
  }

  private static String environment(String name) {
    String value = System.getenv(name);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException(name + ": not set");
    }
    return value;
  }

  /** Signs compact JWTs with HMAC-SHA256. Confined to one thread. */
  private static final class Signer {
    private final Mac mac;

    Signer(String secret) throws GeneralSecurityException {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    }

    String sign(String type, Map<String, Object> claims) {
      String head = encode("{\"alg\":\"HS256\",\"typ\":\"" + type + "\"}");
      String signed = head + "." + encode(json(claims));
      byte[] signature = mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + encode(signature);
    }

    /**
     * Enough for these claims: the values are numbers and strings without characters that need
     * escaping.
     */
    private static String json(Map<String, Object> claims) {
      return claims.entrySet().stream()
          .map(
              claim ->
                  "\""
                      + claim.getKey()
                      + "\":"
                      + (claim.getValue() instanceof Number
                          ? claim.getValue()
                          : "\"" + claim.getValue() + "\""))
          .collect(Collectors.joining(",", "{", "}"));
    }

    static String encode(String text) {
      return encode(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String encode(byte[] bytes) {
      return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
  }
}
