package dev.starling.auth;

import static dev.starling.auth.TokenForge.HS256_HEADER;
import static dev.starling.auth.TokenForge.NOW;
import static dev.starling.auth.TokenForge.SECRET;
import static dev.starling.auth.TokenForge.encode;
import static dev.starling.auth.TokenForge.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.starling.bus.Principal;
import dev.starling.contract.auth.AuthContract.Reason;
import dev.starling.contract.auth.AuthContract.Rejected;
import dev.starling.contract.auth.AuthContract.Verification;
import dev.starling.contract.auth.AuthContract.Verified;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TokenVerifierTest {
  private static final KeyPair CURRENT = TokenForge.rsaKeys();
  private static final KeyPair STRANGER = TokenForge.rsaKeys();
  private static final byte[] SECRET_BYTES = SECRET.getBytes(StandardCharsets.UTF_8);
  private static final TokenProfile PROFILE =
      new TokenProfile(
          "starling",
          "starling",
          Duration.ofSeconds(30),
          Duration.ofHours(24),
          Set.of("orders:read"));

  private final AtomicReference<VerificationKeys> keys =
      new AtomicReference<>(keys(Map.of("current", CURRENT), true));
  private final TokenVerifier verifier = new TokenVerifier(PROFILE, keys::get);

  private static VerificationKeys keys(Map<String, KeyPair> pairs, boolean withSecret) {
    Map<String, VerificationKey> byId = new HashMap<>();
    pairs.forEach(
        (id, pair) -> byId.put(id, new VerificationKey.Rsa((RSAPublicKey) pair.getPublic())));
    return new VerificationKeys(
        byId,
        withSecret
            ? new VerificationKey.Hmac(new SecretKeySpec(SECRET_BYTES, "HmacSHA256"))
            : null);
  }

  private Verification verify(String token) {
    return verifier.verify(token, NOW.getEpochSecond()).answer();
  }

  private static TokenForge forge() {
    return new TokenForge();
  }

  private static String header(String members) {
    return "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"," + members + "}";
  }

  private static String rsaHeader(String members) {
    return "{\"alg\":\"RS256\",\"typ\":\"at+jwt\"," + members + "}";
  }

  /** A token whose signature is right over a payload that is only almost a set of claims. */
  private static String signed(String payload) {
    return TokenForge.hs256(HS256_HEADER, payload, SECRET_BYTES);
  }

  private static String withSignature(String token, String signature) {
    return token.substring(0, token.lastIndexOf('.') + 1) + signature;
  }

  static Stream<Arguments> goodTokens() {
    return Stream.of(
        arguments("HS256", forge().hs256()),
        arguments("RS256", forge().rs256("current", CURRENT.getPrivate())),
        arguments(
            "typ as a full media type",
            forge().hs256("{\"alg\":\"HS256\",\"typ\":\"application/at+jwt\"}")),
        arguments("typ in capitals", forge().hs256("{\"alg\":\"HS256\",\"typ\":\"AT+JWT\"}")),
        arguments("aud as an array", forge().with("aud", "[\"other\",\"starling\"]").hs256()),
        arguments("nbf in the past", forge().with("nbf", seconds(-5)).hs256()),
        arguments("iat within the leeway", forge().with("iat", seconds(29)).hs256()),
        arguments("nbf within the leeway", forge().with("nbf", seconds(30)).hs256()),
        arguments("the longest lifetime", forge().with("exp", seconds(86_400)).hs256()),
        arguments(
            "unknown claims of every kind",
            forge()
                .with("a", "{\"b\":[1,{\"c\":null}]}")
                .with("d", "[[]]")
                .with("e", "1.5")
                .hs256()),
        arguments("escaped names", forge().without("sub").with("s\\u0075b", "\"user-1\"").hs256()),
        arguments(
            "jku, x5u, jwk and x5c of a stranger, which are not looked at",
            forge()
                .hs256(
                    header(
                        "\"jku\":\"https://evil.example/jwks\",\"x5u\":\"file:///etc/passwd\","
                            + "\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"},\"x5c\":[\"AAAA\"]"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goodTokens")
  void verify_goodToken_isVerified(String name, String token) {
    assertThat(verify(token)).isInstanceOf(Verified.class);
  }

  static Stream<Arguments> hostileTokens() {
    String good = forge().hs256();
    String rsa = forge().rs256("current", CURRENT.getPrivate());
    byte[] publicKey = CURRENT.getPublic().getEncoded();
    String publicPem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(publicKey)
            + "\n-----END PUBLIC KEY-----\n";
    String payload = forge().payload();
    return Stream.of(
        // The algorithm.
        arguments("alg none", Reason.BAD_SIGNATURE, none("none")),
        arguments("alg None", Reason.BAD_SIGNATURE, none("None")),
        arguments("alg nOnE", Reason.BAD_SIGNATURE, none("nOnE")),
        arguments("alg NONE", Reason.BAD_SIGNATURE, none("NONE")),
        arguments(
            "alg none, no signature",
            Reason.MALFORMED,
            encode("{\"alg\":\"none\",\"typ\":\"at+jwt\"}") + "." + encode(payload) + "."),
        arguments(
            "alg hs256 in lower case",
            Reason.BAD_SIGNATURE,
            forge().hs256("{\"alg\":\"hs256\",\"typ\":\"at+jwt\"}")),
        arguments(
            "alg HS512",
            Reason.BAD_SIGNATURE,
            forge().hs256("{\"alg\":\"HS512\",\"typ\":\"at+jwt\"}")),
        arguments(
            "alg ES256",
            Reason.BAD_SIGNATURE,
            forge().hs256("{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}")),
        arguments("alg missing", Reason.MALFORMED, forge().hs256("{\"typ\":\"at+jwt\"}")),
        arguments(
            "alg a number", Reason.MALFORMED, forge().hs256("{\"alg\":1,\"typ\":\"at+jwt\"}")),
        arguments("alg null", Reason.MALFORMED, forge().hs256("{\"alg\":null,\"typ\":\"at+jwt\"}")),
        arguments(
            "alg an array",
            Reason.MALFORMED,
            forge().hs256("{\"alg\":[\"HS256\"],\"typ\":\"at+jwt\"}")),
        arguments(
            "HS256 with the RSA public key (DER) as secret, naming it",
            Reason.BAD_SIGNATURE,
            TokenForge.hs256(header("\"kid\":\"current\""), payload, publicKey)),
        arguments(
            "HS256 with the RSA public key (DER) as secret, naming none",
            Reason.BAD_SIGNATURE,
            TokenForge.hs256(HS256_HEADER, payload, publicKey)),
        arguments(
            "HS256 with the RSA public key (PEM) as secret",
            Reason.BAD_SIGNATURE,
            TokenForge.hs256(
                header("\"kid\":\"current\""),
                payload,
                publicPem.getBytes(StandardCharsets.US_ASCII))),
        arguments(
            "HS256 with our secret under the id of an RSA key",
            Reason.BAD_SIGNATURE,
            forge().hs256(header("\"kid\":\"current\""))),
        arguments(
            "RS256 without kid",
            Reason.BAD_SIGNATURE,
            forge().rs256Header("{\"alg\":\"RS256\",\"typ\":\"at+jwt\"}", CURRENT.getPrivate())),
        // The key.
        arguments(
            "RS256 by a stranger under our kid",
            Reason.BAD_SIGNATURE,
            forge().rs256("current", STRANGER.getPrivate())),
        arguments(
            "a key rotated out",
            Reason.BAD_SIGNATURE,
            forge().rs256("rotated-out", STRANGER.getPrivate())),
        arguments("kid with a path", Reason.BAD_SIGNATURE, kid("../../../../dev/null")),
        arguments(
            "kid with SQL", Reason.BAD_SIGNATURE, kid("current' UNION SELECT 'AAAA' AS key -- ")),
        arguments("kid with a URL", Reason.BAD_SIGNATURE, kid("https://evil.example/key")),
        arguments("kid with a command", Reason.BAD_SIGNATURE, kid("current|touch /tmp/x")),
        arguments("kid empty", Reason.BAD_SIGNATURE, kid("")),
        arguments("kid with NUL", Reason.BAD_SIGNATURE, kid("current\\u0000")),
        arguments("kid of 4000 characters", Reason.BAD_SIGNATURE, kid("k".repeat(4000))),
        arguments("kid a number", Reason.MALFORMED, forge().hs256(header("\"kid\":7"))),
        arguments("kid null", Reason.MALFORMED, forge().hs256(header("\"kid\":null"))),
        arguments("kid an object", Reason.MALFORMED, forge().hs256(header("\"kid\":{\"a\":1}"))),
        arguments(
            "a stranger's key embedded as jwk",
            Reason.BAD_SIGNATURE,
            forge()
                .rs256Header(
                    rsaHeader("\"kid\":\"mine\",\"jwk\":" + jwk(STRANGER)), STRANGER.getPrivate())),
        arguments(
            "a stranger's key embedded as jwk under our kid",
            Reason.BAD_SIGNATURE,
            forge()
                .rs256Header(
                    rsaHeader("\"kid\":\"current\",\"jwk\":" + jwk(STRANGER)),
                    STRANGER.getPrivate())),
        arguments(
            "a stranger's key by jku",
            Reason.BAD_SIGNATURE,
            forge()
                .rs256Header(
                    rsaHeader("\"kid\":\"current\",\"jku\":\"https://evil.example/jwks.json\""),
                    STRANGER.getPrivate())),
        arguments(
            "a stranger's certificate by x5c and x5u",
            Reason.BAD_SIGNATURE,
            forge()
                .rs256Header(
                    rsaHeader(
                        "\"kid\":\"current\",\"x5c\":[\"MIIB\"],\"x5u\":\"https://evil.example\""),
                    STRANGER.getPrivate())),
        // The rest of the header.
        arguments("crit", Reason.MALFORMED, forge().hs256(header("\"crit\":[\"exp\"],\"exp\":1"))),
        arguments(
            "crit with b64",
            Reason.MALFORMED,
            forge().hs256(header("\"crit\":[\"b64\"],\"b64\":false"))),
        arguments("typ missing", Reason.MALFORMED, forge().hs256("{\"alg\":\"HS256\"}")),
        arguments(
            "typ JWT", Reason.MALFORMED, forge().hs256("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")),
        arguments(
            "typ of an ID token",
            Reason.MALFORMED,
            forge().hs256("{\"alg\":\"HS256\",\"typ\":\"id+jwt\"}")),
        arguments(
            "typ with a parameter",
            Reason.MALFORMED,
            forge().hs256("{\"alg\":\"HS256\",\"typ\":\"at+jwt; charset=utf-8\"}")),
        arguments(
            "alg twice, none last",
            Reason.MALFORMED,
            forge().hs256("{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"alg\":\"none\"}")),
        arguments(
            "alg twice, once escaped",
            Reason.MALFORMED,
            forge().hs256("{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"\\u0061lg\":\"none\"}")),
        arguments("header an array", Reason.MALFORMED, forge().hs256("[\"HS256\"]")),
        arguments("header no JSON", Reason.MALFORMED, forge().hs256("alg=HS256")),
        arguments("header with a tail", Reason.MALFORMED, forge().hs256(HS256_HEADER + "{}")),
        arguments("header cut off", Reason.MALFORMED, forge().hs256("{\"alg\":\"HS256\"")),
        arguments(
            "header deeper than any",
            Reason.MALFORMED,
            forge().hs256(header("\"x\":" + "[".repeat(900) + "]".repeat(900)))),
        arguments(
            "header in UTF-16",
            Reason.MALFORMED,
            encode(HS256_HEADER.getBytes(StandardCharsets.UTF_16LE))
                + good.substring(good.indexOf('.'))),
        // The segments.
        arguments("empty", Reason.MALFORMED, ""),
        arguments("one dot", Reason.MALFORMED, "."),
        arguments("two dots", Reason.MALFORMED, ".."),
        arguments("one segment", Reason.MALFORMED, encode(HS256_HEADER)),
        arguments("signature stripped", Reason.MALFORMED, withSignature(good, "")),
        arguments(
            "signature and its dot stripped",
            Reason.MALFORMED,
            good.substring(0, good.lastIndexOf('.'))),
        arguments("four segments", Reason.MALFORMED, good + ".AAAA"),
        arguments("a trailing dot", Reason.MALFORMED, good + "."),
        arguments("five segments, as JWE has", Reason.MALFORMED, "a.b.c.d.e"),
        arguments("100 KB", Reason.MALFORMED, "a".repeat(100_000)),
        arguments(
            "100 KB that is signed",
            Reason.MALFORMED,
            forge().with("x", "\"" + "y".repeat(75_000) + "\"").hs256()),
        arguments("padding", Reason.MALFORMED, good + "="),
        arguments("a space", Reason.MALFORMED, good + " "),
        arguments("a line break", Reason.MALFORMED, good.replace(".", ".\r\n")),
        arguments("plus instead of minus", Reason.MALFORMED, withSignature(good, "++++")),
        arguments("a character beyond Latin-1", Reason.MALFORMED, good + "\u0141"),
        arguments("half a surrogate pair", Reason.MALFORMED, good + "\uD800"),
        arguments("a NUL", Reason.MALFORMED, good + "\0"),
        arguments("other bits in the last character", Reason.MALFORMED, nonCanonical(good)),
        arguments("a signature of one byte", Reason.BAD_SIGNATURE, withSignature(good, "AA")),
        arguments(
            "a signature of zeros",
            Reason.BAD_SIGNATURE,
            withSignature(good, encode(new byte[32]))),
        arguments(
            "an RSA signature of zeros",
            Reason.BAD_SIGNATURE,
            withSignature(rsa, encode(new byte[256]))),
        arguments(
            "an RSA signature that is too short",
            Reason.BAD_SIGNATURE,
            withSignature(rsa, encode(new byte[255]))),
        arguments(
            "an RSA signature that is too long",
            Reason.BAD_SIGNATURE,
            withSignature(rsa, encode(new byte[257]))),
        arguments(
            "another payload under the signature",
            Reason.BAD_SIGNATURE,
            good.substring(0, good.indexOf('.') + 1)
                + encode(forge().with("sub", "\"root\"").payload())
                + good.substring(good.lastIndexOf('.'))),
        // The claims.
        arguments("wrong iss", Reason.WRONG_CLAIMS, forge().with("iss", "\"other\"").hs256()),
        arguments(
            "iss with a tail", Reason.WRONG_CLAIMS, forge().with("iss", "\"starling2\"").hs256()),
        arguments("iss missing", Reason.WRONG_CLAIMS, forge().without("iss").hs256()),
        arguments(
            "iss an array", Reason.WRONG_CLAIMS, forge().with("iss", "[\"starling\"]").hs256()),
        arguments("wrong aud", Reason.WRONG_CLAIMS, forge().with("aud", "\"other\"").hs256()),
        arguments("aud missing", Reason.WRONG_CLAIMS, forge().without("aud").hs256()),
        arguments("aud empty", Reason.WRONG_CLAIMS, forge().with("aud", "[]").hs256()),
        arguments(
            "aud without us", Reason.WRONG_CLAIMS, forge().with("aud", "[\"a\",\"b\"]").hs256()),
        arguments(
            "aud nested", Reason.WRONG_CLAIMS, forge().with("aud", "[[\"starling\"]]").hs256()),
        arguments(
            "aud mixed", Reason.WRONG_CLAIMS, forge().with("aud", "[\"starling\",1]").hs256()),
        arguments(
            "aud an object",
            Reason.WRONG_CLAIMS,
            forge().with("aud", "{\"starling\":true}").hs256()),
        arguments("no exp", Reason.WRONG_CLAIMS, forge().without("exp").hs256()),
        arguments(
            "exp as text",
            Reason.WRONG_CLAIMS,
            forge().with("exp", "\"" + seconds(60) + "\"").hs256()),
        arguments(
            "exp as a fraction",
            Reason.WRONG_CLAIMS,
            forge().with("exp", seconds(60) + ".0").hs256()),
        arguments("exp 1e400", Reason.WRONG_CLAIMS, forge().with("exp", "1e400").hs256()),
        arguments(
            "exp beyond 64 bits", Reason.WRONG_CLAIMS, forge().with("exp", "9".repeat(25)).hs256()),
        arguments(
            "exp of 1000 digits", Reason.MALFORMED, forge().with("exp", "9".repeat(1000)).hs256()),
        arguments(
            "exp the largest long",
            Reason.WRONG_CLAIMS,
            forge().with("exp", "9223372036854775807").hs256()),
        arguments("exp negative", Reason.WRONG_CLAIMS, forge().with("exp", "-1").hs256()),
        arguments("exp null", Reason.WRONG_CLAIMS, forge().with("exp", "null").hs256()),
        arguments("exp true", Reason.WRONG_CLAIMS, forge().with("exp", "true").hs256()),
        arguments("exp an array", Reason.WRONG_CLAIMS, forge().with("exp", "[1]").hs256()),
        arguments("exp NaN", Reason.MALFORMED, forge().with("exp", "NaN").hs256()),
        arguments(
            "exp past",
            Reason.EXPIRED,
            forge().with("iat", seconds(-60)).with("exp", seconds(-1)).hs256()),
        arguments("exp now", Reason.EXPIRED, forge().with("exp", seconds(0)).hs256()),
        arguments(
            "a lifetime beyond the longest",
            Reason.WRONG_CLAIMS,
            forge().with("exp", seconds(86_401)).hs256()),
        arguments(
            "iat zero, so a long life", Reason.WRONG_CLAIMS, forge().with("iat", "0").hs256()),
        arguments("no iat", Reason.WRONG_CLAIMS, forge().without("iat").hs256()),
        arguments("iat as text", Reason.WRONG_CLAIMS, forge().with("iat", "\"1\"").hs256()),
        arguments(
            "iat in the future", Reason.NOT_YET_VALID, forge().with("iat", seconds(31)).hs256()),
        arguments(
            "nbf in the future", Reason.NOT_YET_VALID, forge().with("nbf", seconds(31)).hs256()),
        arguments("nbf as text", Reason.WRONG_CLAIMS, forge().with("nbf", "\"0\"").hs256()),
        arguments("nbf a fraction", Reason.WRONG_CLAIMS, forge().with("nbf", "0.5").hs256()),
        arguments("no sub", Reason.WRONG_CLAIMS, forge().without("sub").hs256()),
        arguments("sub empty", Reason.WRONG_CLAIMS, forge().with("sub", "\"\"").hs256()),
        arguments("sub a number", Reason.WRONG_CLAIMS, forge().with("sub", "1").hs256()),
        arguments(
            "sub of 256 characters",
            Reason.WRONG_CLAIMS,
            forge().with("sub", "\"" + "s".repeat(256) + "\"").hs256()),
        arguments("no jti", Reason.WRONG_CLAIMS, forge().without("jti").hs256()),
        arguments("jti a number", Reason.WRONG_CLAIMS, forge().with("jti", "5").hs256()),
        arguments("tenant empty", Reason.WRONG_CLAIMS, forge().with("tenant", "\"\"").hs256()),
        arguments("tenant a number", Reason.WRONG_CLAIMS, forge().with("tenant", "7").hs256()),
        arguments(
            "tenant with a blank", Reason.WRONG_CLAIMS, forge().with("tenant", "\"a b\"").hs256()),
        arguments(
            "tenant of 129 characters",
            Reason.WRONG_CLAIMS,
            forge().with("tenant", "\"" + "t".repeat(129) + "\"").hs256()),
        arguments("tier an array", Reason.WRONG_CLAIMS, forge().with("tier", "[\"gold\"]").hs256()),
        arguments(
            "tier not ASCII", Reason.WRONG_CLAIMS, forge().with("tier", "\"gölden\"").hs256()),
        arguments(
            "tier with a control character",
            Reason.WRONG_CLAIMS,
            forge().with("tier", "\"a\\u0007\"").hs256()),
        arguments(
            "scope an array", Reason.WRONG_CLAIMS, forge().with("scope", "[\"admin\"]").hs256()),
        arguments(
            "sub twice", Reason.MALFORMED, signed(payload.replace("}", ",\"sub\":\"root\"}"))),
        arguments(
            "exp twice",
            Reason.MALFORMED,
            signed(payload.replace("}", ",\"exp\":" + seconds(60) + "}"))),
        arguments(
            "a name twice inside",
            Reason.MALFORMED,
            forge().with("x", "{\"a\":1,\"a\":2}").hs256()),
        arguments("payload an array", Reason.MALFORMED, signed("[" + payload + "]")),
        arguments("payload with a tail", Reason.MALFORMED, signed(payload + "1")),
        arguments(
            "payload cut off",
            Reason.MALFORMED,
            signed(payload.substring(0, payload.length() - 1))),
        arguments("payload no JSON", Reason.MALFORMED, signed("sub=root")),
        arguments(
            "payload with a comment", Reason.MALFORMED, signed("{/**/" + payload.substring(1))),
        arguments(
            "payload not UTF-8",
            Reason.MALFORMED,
            raw(HexFormat.of().parseHex("7b22737562223a22c328227d"))),
        arguments(
            "payload deeper than any",
            Reason.MALFORMED,
            forge().with("x", "[".repeat(500) + "]".repeat(500)).hs256()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostileTokens")
  void verify_hostileToken_isRejected(String name, Reason reason, String token) {
    assertThat(verify(token)).isInstanceOf(Rejected.class);
    assertThat(((Rejected) verify(token)).reason()).isEqualTo(reason);
  }

  private static String none(String algorithm) {
    return encode("{\"alg\":\"" + algorithm + "\",\"typ\":\"at+jwt\"}")
        + "."
        + encode(forge().payload())
        + "."
        + encode("x");
  }

  private static String kid(String keyId) {
    return forge().hs256(header("\"kid\":\"" + keyId + "\""));
  }

  private static String raw(byte[] payload) {
    String text = encode(HS256_HEADER) + "." + encode(payload);
    return text + "." + encode(TokenForge.hmac(text, SECRET_BYTES));
  }

  private static String jwk(KeyPair pair) {
    RSAPublicKey key = (RSAPublicKey) pair.getPublic();
    return "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"AQAB\"}"
        .formatted(encode(key.getModulus().toByteArray()));
  }

  /** The signature's last character carries two bits that belong to no byte. */
  private static String nonCanonical(String token) {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int last = alphabet.indexOf(token.charAt(token.length() - 1));
    return token.substring(0, token.length() - 1) + alphabet.charAt(last | 1);
  }

  @Test
  void verify_scopeClaim_becomesScopes() {
    assertThat(verify(forge().with("scope", "\"a  b a\"").hs256()))
        .isEqualTo(
            new Verified(new Principal("user-1", Set.of("a", "b")), NOW.getEpochSecond() + 600));
  }

  @Test
  void verify_tenantAndTierClaims_areThePrincipals() {
    String longest = "t".repeat(128);
    Principal principal =
        ((Verified)
                verify(
                    forge().with("tenant", "\"" + longest + "\"").with("tier", "\"gold\"").hs256()))
            .principal();

    assertThat(principal.tenant()).isEqualTo(longest);
    assertThat(principal.tier()).isEqualTo("gold");
  }

  @Test
  void verify_noTenantAndTierClaims_areEmpty() {
    // One token after another: the reader is reused.
    verify(forge().with("tenant", "\"acme\"").with("tier", "\"gold\"").hs256());
    Principal principal = ((Verified) verify(forge().hs256())).principal();

    assertThat(principal.tenant()).isEmpty();
    assertThat(principal.tier()).isEmpty();
  }

  @Test
  void verify_noScopeClaim_grantsTheDefaults() {
    assertThat(((Verified) verify(forge().hs256())).principal().scopes())
        .containsExactly("orders:read");
  }

  @Test
  void verify_emptyScopeClaim_grantsNothing() {
    assertThat(((Verified) verify(forge().with("scope", "\"\"").hs256())).principal().scopes())
        .isEmpty();
  }

  @Test
  void verify_noSecretConfigured_rejectsHs256() {
    keys.set(keys(Map.of("current", CURRENT), false));

    assertThat(((Rejected) verify(forge().hs256())).reason()).isEqualTo(Reason.BAD_SIGNATURE);
  }

  @Test
  void verify_keyRotatedOut_rejectsWhatItAcceptedBefore() {
    String token = forge().rs256("current", CURRENT.getPrivate());
    assertThat(verify(token)).isInstanceOf(Verified.class);

    keys.set(keys(Map.of("next", STRANGER), true));

    assertThat(((Rejected) verify(token)).reason()).isEqualTo(Reason.BAD_SIGNATURE);
    assertThat(verify(forge().rs256("next", STRANGER.getPrivate()))).isInstanceOf(Verified.class);
  }

  @Test
  void verify_afterBadTokens_stillVerifiesGoodOnes() {
    String hs256 = forge().hs256();
    String rs256 = forge().rs256("current", CURRENT.getPrivate());

    hostileTokens().forEach(bad -> verify((String) bad.get()[2]));

    assertThat(verify(hs256)).isInstanceOf(Verified.class);
    assertThat(verify(rs256)).isInstanceOf(Verified.class);
  }

  @Test
  void verify_anyOneCharacterChanged_isRejected() {
    for (String good :
        new String[] {forge().hs256(), forge().rs256("current", CURRENT.getPrivate())}) {
      assertThat(verify(good)).isInstanceOf(Verified.class);
      assertThat(IntStream.range(0, good.length()))
          .allSatisfy(
              at -> {
                char other = good.charAt(at) == 'A' ? 'B' : 'A';
                String changed = good.substring(0, at) + other + good.substring(at + 1);
                assertThat(verify(changed)).isInstanceOf(Rejected.class);
              });
    }
  }

  @Test
  void verify_signedGarbage_isRejectedAndNeverThrows() {
    Random random = new Random(42);
    byte[] good = forge().payload().getBytes(StandardCharsets.UTF_8);
    for (int round = 0; round < 20_000; round++) {
      byte[] payload = good.clone();
      for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
        payload[random.nextInt(payload.length)] = (byte) random.nextInt(256);
      }
      assertThat(verify(raw(payload))).isNotNull();
      String text = encode(payload) + "." + encode(good);
      assertThat(verify(text + "." + encode(TokenForge.hmac(text, SECRET_BYTES))))
          .isInstanceOf(Rejected.class);
    }
  }
}
