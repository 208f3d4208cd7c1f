package dev.starling.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;

/**
 * A key pair that signs access tokens with RS256. Immutable.
 *
 * @param id the {@code kid}: the thumbprint of the public key (RFC 7638)
 * @param signsFrom when it begins to sign; it is published before
 */
record SigningKey(
    String id, RSAPrivateCrtKey privateKey, RSAPublicKey publicKey, Instant signsFrom) {
  static final int BITS = 2048;

  /** Makes a new key; takes tenths of a second. */
  static SigningKey generate(SecureRandom random, Instant signsFrom) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(BITS, random);
      KeyPair pair = generator.generateKeyPair();
      return of((RSAPrivateCrtKey) pair.getPrivate(), signsFrom);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM cannot make RSA keys (expected: every JVM can)", e);
    }
  }

  /** Reads a stored key. */
  static SigningKey decode(byte[] pkcs8, Instant signsFrom) {
    try {
      KeyFactory factory = KeyFactory.getInstance("RSA");
      return of(
          (RSAPrivateCrtKey) factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8)), signsFrom);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("stored signing key (expected: RSA in PKCS #8)", e);
    }
  }

  byte[] encoded() {
    return privateKey.getEncoded();
  }

  /** The public half as a JWK. */
  RSAKey toJwk() {
    return new RSAKey.Builder(publicKey)
        .keyID(id)
        .keyUse(KeyUse.SIGNATURE)
        .algorithm(JWSAlgorithm.RS256)
        .build();
  }

  SigningKey withSignsFrom(Instant newSignsFrom) {
    return new SigningKey(id, privateKey, publicKey, newSignsFrom);
  }

  /** Without the private half. */
  @Override
  public String toString() {
    return "SigningKey[" + id + " from " + signsFrom + "]";
  }

  private static SigningKey of(RSAPrivateCrtKey privateKey, Instant signsFrom)
      throws GeneralSecurityException {
    RSAPublicKey publicKey =
        (RSAPublicKey)
            KeyFactory.getInstance("RSA")
                .generatePublic(
                    new RSAPublicKeySpec(privateKey.getModulus(), privateKey.getPublicExponent()));
    try {
      String id = new RSAKey.Builder(publicKey).build().computeThumbprint().toString();
      return new SigningKey(id, privateKey, publicKey, signsFrom);
    } catch (JOSEException e) {
      throw new GeneralSecurityException(e);
    }
  }
}
