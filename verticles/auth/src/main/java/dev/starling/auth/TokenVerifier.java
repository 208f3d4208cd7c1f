package dev.starling.auth;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Verifies access tokens: JWS in compact form, profiled by RFC 9068 and RFC 8725.
 *
 * <p>Not thread-safe; each verticle instance has its own. Takes any text and never throws: what is
 * wrong with a token is the verdict. It does not ask whether a token was revoked.
 */
final class TokenVerifier {
  /*
   * The order of work is the order of cost and trust: lengths and segments, the header, the
   * signature, and only then the claims, so that the payload of a stranger is never parsed.
   *
   * A cluster signs with a handful of distinct headers. What a header text stands for is decided
   * once and kept under that exact text, but only after a signature under it was right: otherwise
   * strangers could fill the map.
   */
  static final int MAX_LENGTH = 8 * 1024;
  private static final int MAX_HEADERS = 64;

  /** The signature of a 4096-bit RSA key. */
  private static final int MAX_SIGNATURE = 512;

  private record TrustedHeader(String text, SignatureCheck check) {}

  private final Supplier<VerificationKeys> keySource;
  private final TokenClaims claims;
  private final Map<VerificationKey, SignatureCheck> checks = new HashMap<>();
  private final Map<String, TrustedHeader> trusted = new HashMap<>();
  private final byte[] json = new byte[MAX_LENGTH];
  private final byte[] signature = new byte[MAX_SIGNATURE];
  private VerificationKeys keys;
  private @Nullable TrustedHeader last;

  /**
   * @param keySource gives the keys of the moment; the same object until they change
   */
  TokenVerifier(TokenProfile profile, Supplier<VerificationKeys> keySource) {
    this.keySource = keySource;
    this.keys = keySource.get();
    this.claims = new TokenClaims(profile);
  }

  TokenVerdict verify(String token, long nowSeconds) {
    int length = token.length();
    if (length > MAX_LENGTH) {
      return Rejections.TOO_LONG;
    }
    int headerEnd = token.indexOf('.');
    int payloadEnd = token.indexOf('.', headerEnd + 1);
    if (headerEnd < 1
        || payloadEnd < headerEnd + 2
        || payloadEnd == length - 1
        || token.indexOf('.', payloadEnd + 1) >= 0) {
      return Rejections.NOT_COMPACT;
    }
    useCurrentKeys();
    // Characters beyond Latin-1 become '?', which no segment may contain.
    byte[] text = token.getBytes(StandardCharsets.ISO_8859_1);
    TrustedHeader header = find(token, headerEnd);
    boolean isNew = header == null;
    if (header == null) {
      int headerLength = Base64Url.decode(text, 0, headerEnd, json);
      if (headerLength < 0) {
        return Rejections.NOT_BASE64URL;
      }
      TokenHeader.Reading reading = TokenHeader.read(json, headerLength);
      if (reading instanceof TokenHeader.Reading.Wrong wrong) {
        return wrong.verdict();
      }
      SignatureCheck check = checkFor(((TokenHeader.Reading.Valid) reading).header());
      if (check == null) {
        return Rejections.BAD_SIGNATURE;
      }
      header = new TrustedHeader(token.substring(0, headerEnd), check);
    }
    int signatureLength = Base64Url.decode(text, payloadEnd + 1, length, signature);
    int payloadLength = Base64Url.decode(text, headerEnd + 1, payloadEnd, json);
    if (signatureLength < 0 || payloadLength < 0) {
      return Rejections.NOT_BASE64URL;
    }
    if (!header.check.verifies(text, payloadEnd, signature, signatureLength)) {
      return Rejections.BAD_SIGNATURE;
    }
    if (isNew) {
      trust(header);
    }
    return claims.judge(json, payloadLength, nowSeconds);
  }

  private void useCurrentKeys() {
    VerificationKeys current = keySource.get();
    if (current != keys) {
      keys = current;
      checks.clear();
      trusted.clear();
      last = null;
    }
  }

  private @Nullable TrustedHeader find(String token, int headerEnd) {
    TrustedHeader recent = last;
    if (recent != null && recent.text.length() == headerEnd && token.startsWith(recent.text)) {
      return recent;
    }
    TrustedHeader found = trusted.get(token.substring(0, headerEnd));
    if (found != null) {
      last = found;
    }
    return found;
  }

  private @Nullable SignatureCheck checkFor(TokenHeader header) {
    VerificationKey key = keys.find(header.algorithm(), header.keyId());
    return key == null ? null : checks.computeIfAbsent(key, SignatureCheck::of);
  }

  private void trust(TrustedHeader header) {
    if (trusted.size() < MAX_HEADERS) {
      trusted.put(header.text, header);
      last = header;
    }
  }
}
