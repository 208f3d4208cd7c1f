package dev.starling.auth;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;

/** Verifies signatures of one key. Not thread-safe: it holds the algorithm's working state. */
interface SignatureCheck {

  /** Whether {@code signature[0..signatureLength)} signs {@code text[0..textLength)}. */
  boolean verifies(byte[] text, int textLength, byte[] signature, int signatureLength);

  static SignatureCheck of(VerificationKey key) {
    try {
      if (key instanceof VerificationKey.Rsa rsa) {
        Signature engine = Signature.getInstance("SHA256withRSA");
        engine.initVerify(rsa.key());
        return new RsaCheck(engine, rsa.key());
      }
      Mac engine = Mac.getInstance("HmacSHA256");
      engine.init(((VerificationKey.Hmac) key).key());
      return new HmacCheck(engine, new byte[engine.getMacLength()]);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "this JVM cannot verify " + key.algorithm() + " (expected: every JVM can)", e);
    }
  }

  /** RSASSA-PKCS1-v1_5 with SHA-256. */
  record RsaCheck(Signature engine, RSAPublicKey key) implements SignatureCheck {
    @Override
    public boolean verifies(byte[] text, int textLength, byte[] signature, int signatureLength) {
      if (signatureLength != (key.getModulus().bitLength() + 7) / 8) {
        return false;
      }
      try {
        engine.update(text, 0, textLength);
        return engine.verify(signature, 0, signatureLength);
      } catch (SignatureException e) {
        return recover();
      }
    }

    /** Text that the engine still holds must not become part of the next token's. */
    private boolean recover() {
      try {
        engine.initVerify(key);
      } catch (InvalidKeyException e) {
        throw new IllegalStateException(e);
      }
      return false;
    }
  }

  /** HMAC with SHA-256. */
  record HmacCheck(Mac engine, byte[] expected) implements SignatureCheck {
    @Override
    public boolean verifies(byte[] text, int textLength, byte[] signature, int signatureLength) {
      engine.update(text, 0, textLength);
      try {
        engine.doFinal(expected, 0);
      } catch (ShortBufferException e) {
        throw new IllegalStateException(e);
      }
      // Only the length is compared openly, and the length is no secret.
      return signatureLength == expected.length
          && MessageDigest.isEqual(expected, Arrays.copyOf(signature, signatureLength));
    }
  }
}
