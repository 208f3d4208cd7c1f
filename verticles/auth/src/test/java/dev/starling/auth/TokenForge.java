package dev.starling.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Writes tokens of every shape, right and wrong, independently of the code under test. */
final class TokenForge {
  static final String SECRET = "an-hmac-secret-of-at-least-32-bytes!";
  static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  static final String HS256_HEADER = "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}";

  /** Each claim as the JSON text of its value, so that a test can put anything there. */
  private final Map<String, String> claims = new LinkedHashMap<>();

  TokenForge() {
    claims.put("iss", "\"starling\"");
    claims.put("aud", "\"starling\"");
    claims.put("sub", "\"user-1\"");
    claims.put("jti", "\"token-1\"");
    claims.put("iat", seconds(0));
    claims.put("exp", seconds(600));
  }

  static String seconds(long fromNow) {
    return Long.toString(NOW.getEpochSecond() + fromNow);
  }

  TokenForge with(String name, String json) {
    claims.put(name, json);
    return this;
  }

  TokenForge without(String name) {
    claims.remove(name);
    return this;
  }

  String payload() {
    StringJoiner members = new StringJoiner(",", "{", "}");
    claims.forEach((name, value) -> members.add("\"" + name + "\":" + value));
    return members.toString();
  }

  String hs256() {
    return hs256(HS256_HEADER);
  }

  String hs256(String header) {
    return hs256(header, payload(), SECRET.getBytes(StandardCharsets.UTF_8));
  }

  static String hs256(String header, String payload, byte[] secret) {
    String text = encode(header) + "." + encode(payload);
    return text + "." + encode(hmac(text, secret));
  }

  String rs256(String keyId, PrivateKey key) {
    return rs256Header("{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"" + keyId + "\"}", key);
  }

  String rs256Header(String header, PrivateKey key) {
    String text = encode(header) + "." + encode(payload());
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return text + "." + encode(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static KeyPair rsaKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] hmac(String text, byte[] secret) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static String encode(String text) {
    return encode(text.getBytes(StandardCharsets.UTF_8));
  }

  static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
