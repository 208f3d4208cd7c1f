package dev.starling.auth;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.starling.bus.Principal;
import dev.starling.contract.auth.AuthContract.Verified;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads and judges the payload of a token whose signature is right (RFC 7519, RFC 9068).
 *
 * <p>Not thread-safe: it is reused from token to token, so that reading one allocates little more
 * than what it says.
 */
final class TokenClaims {
  private static final int MAX_TEXT = 255;
  private static final int MAX_SCOPE_SETS = 256;

  /** Of a tenant or a tier: they are names in policies, metrics and logs. */
  private static final int MAX_NAME = 128;

  private final TokenProfile profile;
  private final long leewaySeconds;
  private final long maxLifetimeSeconds;

  /** Few distinct texts occur; all come from signed tokens. */
  private final Map<String, Set<String>> scopeSets = new HashMap<>();

  private boolean issuerIsRight;
  private boolean audienceIsRight;
  private @Nullable String subject;
  private @Nullable String tokenId;
  private @Nullable Set<String> scopes;
  private String tenant = "";
  private String tier = "";
  private long issuedAt;
  private long expiresAt;
  private long notBefore;

  TokenClaims(TokenProfile profile) {
    this.profile = profile;
    this.leewaySeconds = profile.leeway().toSeconds();
    this.maxLifetimeSeconds = profile.maxLifetime().toSeconds();
  }

  /** Judges the payload in {@code json[0..length)}. */
  TokenVerdict judge(byte[] json, int length, long nowSeconds) {
    reset();
    try (JsonParser parser = StrictJson.open(json, length)) {
      TokenVerdict.Bad wrong = read(parser);
      if (wrong != null) {
        return wrong;
      }
    } catch (IOException e) {
      return Rejections.BAD_PAYLOAD;
    }
    return judge(nowSeconds);
  }

  private void reset() {
    issuerIsRight = false;
    audienceIsRight = false;
    subject = null;
    tokenId = null;
    scopes = null;
    tenant = "";
    tier = "";
    issuedAt = -1;
    expiresAt = -1;
    notBefore = 0;
  }

  private TokenVerdict.@Nullable Bad read(JsonParser parser) throws IOException {
    TokenVerdict.Bad wrong = null;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken value = parser.nextToken();
      TokenVerdict.Bad found =
          switch (name) {
            case "iss" -> readIssuer(parser);
            case "aud" -> readAudience(parser);
            case "sub" -> readSubject(parser);
            case "jti" -> readTokenId(parser);
            case "exp" -> readExpiry(parser);
            case "iat" -> readIssuedAt(parser);
            case "nbf" -> readNotBefore(parser);
            case "scope" -> readScope(parser);
            case "tenant" -> readTenant(parser);
            case "tier" -> readTier(parser);
            default -> null;
          };
      if (wrong == null) {
        wrong = found;
      }
      if (value.isStructStart() && parser.currentToken() == value) {
        parser.skipChildren();
      }
    }
    // The whole text is read even when a claim is wrong: what is no JSON at all says so.
    return parser.currentToken() == JsonToken.END_OBJECT && StrictJson.ended(parser)
        ? wrong
        : Rejections.BAD_PAYLOAD;
  }

  private TokenVerdict judge(long nowSeconds) {
    String owner = subject;
    String id = tokenId;
    if (!issuerIsRight) {
      return Rejections.WRONG_ISSUER;
    } else if (!audienceIsRight) {
      return Rejections.WRONG_AUDIENCE;
    } else if (owner == null) {
      return Rejections.WRONG_SUBJECT;
    } else if (id == null) {
      return Rejections.WRONG_TOKEN_ID;
    } else if (expiresAt < 0) {
      return Rejections.WRONG_EXPIRY;
    } else if (issuedAt < 0) {
      return Rejections.WRONG_ISSUED_AT;
    } else if (nowSeconds >= expiresAt) {
      return Rejections.EXPIRED;
    } else if (expiresAt - issuedAt > maxLifetimeSeconds) {
      return Rejections.TOO_LONG_LIVED;
    } else if (issuedAt > nowSeconds + leewaySeconds || notBefore > nowSeconds + leewaySeconds) {
      return Rejections.NOT_YET_VALID;
    }
    Set<String> granted = scopes == null ? profile.defaultScopes() : scopes;
    return new TokenVerdict.Good(
        new AccessToken(
            id, issuedAt, new Verified(new Principal(owner, granted, tenant, tier), expiresAt)));
  }

  private TokenVerdict.@Nullable Bad readIssuer(JsonParser parser) throws IOException {
    issuerIsRight = StrictJson.isText(parser, profile.issuer());
    return issuerIsRight ? null : Rejections.WRONG_ISSUER;
  }

  /** One text or an array of texts (RFC 7519, 4.1.3). */
  private TokenVerdict.@Nullable Bad readAudience(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      boolean named = false;
      boolean allTexts = true;
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        allTexts &= parser.currentToken() == JsonToken.VALUE_STRING;
        named |= StrictJson.isText(parser, profile.audience());
        parser.skipChildren();
      }
      audienceIsRight = named && allTexts;
    } else {
      audienceIsRight = StrictJson.isText(parser, profile.audience());
    }
    return audienceIsRight ? null : Rejections.WRONG_AUDIENCE;
  }

  private TokenVerdict.@Nullable Bad readSubject(JsonParser parser) throws IOException {
    subject = shortText(parser);
    return subject == null ? Rejections.WRONG_SUBJECT : null;
  }

  private TokenVerdict.@Nullable Bad readTokenId(JsonParser parser) throws IOException {
    tokenId = shortText(parser);
    return tokenId == null ? Rejections.WRONG_TOKEN_ID : null;
  }

  private TokenVerdict.@Nullable Bad readExpiry(JsonParser parser) throws IOException {
    expiresAt = seconds(parser);
    return expiresAt < 0 ? Rejections.WRONG_EXPIRY : null;
  }

  private TokenVerdict.@Nullable Bad readIssuedAt(JsonParser parser) throws IOException {
    issuedAt = seconds(parser);
    return issuedAt < 0 ? Rejections.WRONG_ISSUED_AT : null;
  }

  private TokenVerdict.@Nullable Bad readNotBefore(JsonParser parser) throws IOException {
    notBefore = seconds(parser);
    return notBefore < 0 ? Rejections.WRONG_NOT_BEFORE : null;
  }

  private TokenVerdict.@Nullable Bad readScope(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      return Rejections.WRONG_SCOPE;
    }
    String text = parser.getText();
    Set<String> known = scopeSets.get(text);
    if (known == null) {
      known = Scopes.parse(text);
      if (scopeSets.size() < MAX_SCOPE_SETS) {
        scopeSets.put(text, known);
      }
    }
    scopes = known;
    return null;
  }

  private TokenVerdict.@Nullable Bad readTenant(JsonParser parser) throws IOException {
    tenant = name(parser);
    return tenant.isEmpty() ? Rejections.WRONG_TENANT : null;
  }

  private TokenVerdict.@Nullable Bad readTier(JsonParser parser) throws IOException {
    tier = name(parser);
    return tier.isEmpty() ? Rejections.WRONG_TIER : null;
  }

  /** A text of 1..{@link #MAX_NAME} printable ASCII characters, or an empty one. */
  private static String name(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING || parser.getTextLength() > MAX_NAME) {
      return "";
    }
    String text = parser.getText();
    return text.chars().allMatch(c -> c > ' ' && c < 0x7f) ? text : "";
  }

  private static @Nullable String shortText(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      return null;
    }
    int length = parser.getTextLength();
    return length >= 1 && length <= MAX_TEXT ? parser.getText() : null;
  }

  /** Seconds since the epoch, or -1: RFC 7519 also allows fractions, our profile does not. */
  private static long seconds(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
        || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      return -1;
    }
    // Far beyond any date, and small enough that sums of two cannot overflow.
    long value = parser.getLongValue();
    return value >= 0 && value < 1L << 53 ? value : -1;
  }
}
