package dev.starling.contract.auth;

import dev.starling.bus.Address;
import dev.starling.bus.Principal;
import dev.starling.bus.Topic;
import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.LinkedHashSet;

/** Verifies access tokens and tells of revocations. */
public final class AuthContract {
  public static final String SERVICE = "auth";

  /**
   * Asks whether a token is good now.
   *
   * <p>Address {@code auth/verify.v1}; {@link VerifyToken} → {@link Verified} | {@link Rejected}.
   * Delivery: at most once, safe to retry. Failures: {@code OVERLOADED}, {@code UNAVAILABLE}.
   */
  public static final Address<VerifyToken, Verification> VERIFY =
      new Address<>(SERVICE, "verify.v1", new VerifyTokenCodec(), new VerificationCodec());

  /** Tells every node that tokens stopped being good; late by 2 s at most, see docs/tour.md. */
  public static final Topic<TokensRevoked> REVOKED =
      new Topic<>("auth.revoked.v1", new TokensRevokedCodec());

  private AuthContract() {}

  /**
   * @param token the compact form as the client sent it; at most 8 KiB reach this contract
   * @param clientAddress the caller's IP address as text, for the limit on bad tokens
   */
  public record VerifyToken(String token, String clientAddress) {}

  public sealed interface Verification {}

  /**
   * The token is good.
   *
   * @param expiresAtSeconds when it stops being good, seconds since the epoch
   */
  public record Verified(Principal principal, long expiresAtSeconds) implements Verification {}

  /**
   * The token is not good; {@code detail} may be shown to the client.
   *
   * @param retryAfterSeconds how long this address should wait; zero unless {@link Reason#FLOOD}
   */
  public record Rejected(Reason reason, String detail, int retryAfterSeconds)
      implements Verification {}

  public enum Reason {
    /** Not a JWS in compact form, or not one of our profile. */
    MALFORMED,
    /** Signed by nobody we know, or not with the algorithm of that key. */
    BAD_SIGNATURE,
    EXPIRED,
    NOT_YET_VALID,
    /** Another issuer or audience, or a claim that is missing. */
    WRONG_CLAIMS,
    REVOKED,
    /** Too many bad tokens came from this address; the token was not looked at. */
    FLOOD
  }

  /**
   * All tokens with this id ({@code jti}), or all of this subject that were issued up to a moment.
   *
   * @param tokenId empty when a subject is meant
   * @param subject empty when a token is meant
   * @param issuedUpToSeconds for a subject: tokens with {@code iat} up to here are void
   * @param forgetAfterSeconds when the last of them has expired by itself
   */
  public record TokensRevoked(
      String tokenId, String subject, long issuedUpToSeconds, long forgetAfterSeconds) {}

  private static final class VerifyTokenCodec implements Codec<VerifyToken> {
    @Override
    public void encode(VerifyToken value, WireWriter out) {
      out.writeString(value.token());
      out.writeString(value.clientAddress());
    }

    @Override
    public VerifyToken decode(WireReader in) {
      return new VerifyToken(in.readString(), in.readString());
    }
  }

  private static final class VerificationCodec implements Codec<Verification> {
    private static final Reason[] REASONS = Reason.values();

    @Override
    public void encode(Verification value, WireWriter out) {
      if (value instanceof Verified verified) {
        out.writeByte(0);
        out.writeString(verified.principal().subject());
        out.writeAll(verified.principal().scopes(), WireWriter::writeString);
        out.writeString(verified.principal().tenant());
        out.writeString(verified.principal().tier());
        out.writeLong(verified.expiresAtSeconds());
      } else if (value instanceof Rejected rejected) {
        out.writeByte(1);
        out.writeEnum(rejected.reason());
        out.writeString(rejected.detail());
        out.writeVarInt(rejected.retryAfterSeconds());
      }
    }

    @Override
    public Verification decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 ->
            new Verified(
                new Principal(
                    in.readString(),
                    new LinkedHashSet<>(in.readAll(WireReader::readString)),
                    in.readString(),
                    in.readString()),
                in.readLong());
        case 1 -> new Rejected(in.readEnum(REASONS), in.readString(), in.readVarInt());
        default -> throw new MalformedFrameException("verification: " + kind + " (expected: 0..1)");
      };
    }
  }

  private static final class TokensRevokedCodec implements Codec<TokensRevoked> {
    @Override
    public void encode(TokensRevoked value, WireWriter out) {
      out.writeString(value.tokenId());
      out.writeString(value.subject());
      out.writeLong(value.issuedUpToSeconds());
      out.writeLong(value.forgetAfterSeconds());
    }

    @Override
    public TokensRevoked decode(WireReader in) {
      return new TokensRevoked(in.readString(), in.readString(), in.readLong(), in.readLong());
    }
  }
}
