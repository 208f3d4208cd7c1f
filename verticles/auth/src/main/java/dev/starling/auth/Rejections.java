package dev.starling.auth;

import dev.starling.auth.TokenVerdict.Bad;
import dev.starling.contract.auth.AuthContract.Reason;
import dev.starling.contract.auth.AuthContract.Rejected;

/** Every way to refuse a token, made once: a flood of bad tokens allocates nothing for answers. */
final class Rejections {
  static final Bad NOT_COMPACT =
      malformed("not a JWS in compact form (expected: header.payload.signature)");
  static final Bad TOO_LONG = malformed("longer than " + TokenVerifier.MAX_LENGTH + " characters");
  static final Bad NOT_BASE64URL = malformed("not base64url without padding");
  static final Bad BAD_HEADER = malformed("the header is not a JSON object of our profile");
  static final Bad WRONG_TYPE = malformed("typ is not at+jwt");
  static final Bad CRITICAL = malformed("crit is not understood");
  static final Bad BAD_PAYLOAD = malformed("the payload is not a JSON object of our profile");

  /** One answer for an unknown key and a wrong signature: which keys exist is not told. */
  static final Bad BAD_SIGNATURE = bad(Reason.BAD_SIGNATURE, "signed by no key of this issuer", 0);

  static final Bad EXPIRED = bad(Reason.EXPIRED, "expired", 0);
  static final Bad NOT_YET_VALID = bad(Reason.NOT_YET_VALID, "not valid yet", 0);
  static final Bad REVOKED = bad(Reason.REVOKED, "revoked", 0);

  static final Bad WRONG_ISSUER = claims("iss is not this issuer");
  static final Bad WRONG_AUDIENCE = claims("aud does not name this audience");
  static final Bad WRONG_SUBJECT = claims("sub is missing or not a short text");
  static final Bad WRONG_TOKEN_ID = claims("jti is missing or not a short text");
  static final Bad WRONG_EXPIRY = claims("exp is missing or not an integer");
  static final Bad WRONG_ISSUED_AT = claims("iat is missing or not an integer");
  static final Bad WRONG_NOT_BEFORE = claims("nbf is not an integer");
  static final Bad WRONG_SCOPE = claims("scope is not a text");
  static final Bad WRONG_TENANT = claims("tenant is not a text of 1..128 printable characters");
  static final Bad WRONG_TIER = claims("tier is not a text of 1..128 printable characters");
  static final Bad TOO_LONG_LIVED = claims("exp is too long after iat");

  private Rejections() {}

  static Bad flood(int retryAfterSeconds) {
    return bad(Reason.FLOOD, "too many bad tokens came from this address", retryAfterSeconds);
  }

  private static Bad malformed(String detail) {
    return bad(Reason.MALFORMED, detail, 0);
  }

  private static Bad claims(String detail) {
    return bad(Reason.WRONG_CLAIMS, detail, 0);
  }

  private static Bad bad(Reason reason, String detail, int retryAfterSeconds) {
    return new Bad(new Rejected(reason, detail, retryAfterSeconds));
  }
}
