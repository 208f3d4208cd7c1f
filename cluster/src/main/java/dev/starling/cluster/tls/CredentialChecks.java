package dev.starling.cluster.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What must hold of a node's files for other nodes to accept it. Each check throws one line for the
 * operator.
 */
final class CredentialChecks {
  private static final String SERVER = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT = "1.3.6.1.5.5.7.3.2";
  private static final String ANY = "2.5.29.37.0";

  /** The kinds of keys that Vert.x reads, and how to try them. */
  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA");

  private CredentialChecks() {}

  static void keyBelongsTo(
      PemFile keyFile, PrivateKey key, X509Certificate certificate, String certFile) {
    String algorithm = SIGNATURES.get(key.getAlgorithm());
    if (algorithm == null) {
      throw keyFile.mistake("has a key of kind " + key.getAlgorithm(), "RSA or EC");
    }
    byte[] probe = {1, 2, 3};
    boolean fits;
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(probe);
      fits = signature.verify(signed);
    } catch (GeneralSecurityException e) {
      fits = false;
    }
    if (!fits) {
      throw keyFile.mistake("does not belong to the certificate", "the key of " + certFile);
    }
  }

  static void isAuthority(PemFile caFile, List<X509Certificate> authorities) {
    for (X509Certificate certificate : authorities) {
      if (certificate.getBasicConstraints() < 0) {
        throw caFile.mistake(
            "has " + name(certificate) + ", which is no authority", "certificates that sign nodes");
      }
    }
  }

  static void isValid(PemFile certFile, List<X509Certificate> chain, Instant now) {
    for (X509Certificate certificate : chain) {
      Instant end = certificate.getNotAfter().toInstant();
      if (now.isAfter(end)) {
        throw certFile.mistake(
            "expired at %s, %d days ago".formatted(end, Duration.between(end, now).toDays()),
            "a new one, e.g. of scripts/certs");
      }
      Instant start = certificate.getNotBefore().toInstant();
      if (now.isBefore(start)) {
        throw certFile.mistake("is not valid before " + start, "one that is valid at " + now);
      }
    }
  }

  static void isSignedBy(
      PemFile certFile,
      List<X509Certificate> chain,
      List<X509Certificate> authorities,
      String ca,
      Instant now) {
    try {
      PKIXParameters parameters =
          new PKIXParameters(
              authorities.stream()
                  .map(authority -> new TrustAnchor(authority, null))
                  .collect(Collectors.toSet()));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      List<X509Certificate> path =
          chain.stream().filter(certificate -> !authorities.contains(certificate)).toList();
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
    } catch (GeneralSecurityException e) {
      throw certFile.mistake(
          "(" + name(chain.get(0)) + ") is not signed by cluster.tls.ca",
          "one that an authority in " + ca + " has signed");
    }
  }

  /** Each node is both: it calls, and it is called. */
  static void isForNodes(PemFile certFile, X509Certificate certificate) {
    if (certificate.getBasicConstraints() >= 0) {
      throw certFile.mistake(
          "(" + name(certificate) + ") is an authority's",
          "a certificate of the node's own; no node needs the authority's key");
    }
    List<String> uses;
    try {
      uses = certificate.getExtendedKeyUsage();
    } catch (CertificateParsingException e) {
      uses = List.of();
    }
    if (uses != null && !uses.contains(ANY) && !(uses.contains(SERVER) && uses.contains(CLIENT))) {
      throw certFile.mistake(
          "may not be used by both ends of a connection",
          "extended key usage serverAuth and clientAuth");
    }
  }

  private static String name(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName();
  }
}
