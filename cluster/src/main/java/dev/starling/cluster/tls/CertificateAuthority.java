package dev.starling.cluster.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A private authority that signs nodes, in a directory: {@code ca.crt} and {@code ca.key}. For
 * development and small installations; who has an authority already uses that.
 *
 * <p>Used by one thread. Keys are ECDSA on P-256, readable by their owner only. Existing files are
 * never overwritten.
 */
public final class CertificateAuthority {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration LIFE = Duration.ofDays(3650);

  /** Clocks of nodes may be that much behind this one. */
  private static final Duration EARLIER = Duration.ofHours(1);

  private final Path directory;
  private final X509Certificate certificate;
  private final PrivateKey key;
  private final Instant now;

  private CertificateAuthority(
      Path directory, X509Certificate certificate, PrivateKey key, Instant now) {
    this.directory = directory;
    this.certificate = certificate;
    this.key = key;
    this.now = now;
  }

  /**
   * The authority in a directory, which is made if it is not there.
   *
   * @param now the time from which what it signs is valid
   * @throws dev.starling.sdk.ConfigException when its files cannot be used
   * @throws UncheckedIOException when they cannot be written
   */
  public static CertificateAuthority in(Path directory, Instant now) {
    Path certFile = directory.resolve("ca.crt");
    Path keyFile = directory.resolve("ca.key");
    if (Files.exists(certFile) || Files.exists(keyFile)) {
      return new CertificateAuthority(
          directory,
          PemFile.read("ca.crt", certFile.toString()).certificates().get(0),
          PemFile.read("ca.key", keyFile.toString()).privateKey(),
          now);
    }
    try {
      KeyPair pair = keyPair();
      byte[] id = new byte[4];
      RANDOM.nextBytes(id);
      // A name of its own, so that two authorities can be told apart while they are exchanged.
      X500Name name = name("Starling nodes " + java.util.HexFormat.of().formatHex(id));
      JcaX509v3CertificateBuilder builder = builder(name, name, pair, now, LIFE);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      X509Certificate made = sign(builder, pair.getPrivate());
      Files.createDirectories(directory);
      write(keyFile, pair.getPrivate());
      write(certFile, made);
      return new CertificateAuthority(directory, made, pair.getPrivate(), now);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("every JVM signs with ECDSA", e);
    }
  }

  /**
   * Writes {@code name.crt} and {@code name.key} for a node.
   *
   * @param name 1..64 of {@code [A-Za-z0-9._-]}; for people, nodes do not compare it
   * @param life how long the certificate is valid
   * @throws UncheckedIOException when the files are there already, or cannot be written
   */
  public void issue(String name, Duration life) {
    Path certFile = directory.resolve(name + ".crt");
    try {
      if (Files.exists(certFile)) {
        throw new FileAlreadyExistsException(certFile.toString());
      }
      KeyPair pair = keyPair();
      X500Name issuer = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
      JcaX509v3CertificateBuilder builder = builder(issuer, name(name), pair, now, life);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(
              new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate));
      X509Certificate made = sign(builder, key);
      write(directory.resolve(name + ".key"), pair.getPrivate());
      write(certFile, made);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("every JVM signs with ECDSA", e);
    }
  }

  private static KeyPair keyPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    return generator.generateKeyPair();
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, KeyPair pair, Instant now, Duration life)
      throws GeneralSecurityException, IOException {
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            new BigInteger(127, RANDOM).add(BigInteger.ONE), // positive, at most 20 bytes: RFC 5280
            Date.from(now.minus(EARLIER)),
            Date.from(now.plus(life)),
            subject,
            pair.getPublic());
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
    return builder;
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
  }

  private static X500Name name(String commonName) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build();
  }

  private static void write(Path file, Object content) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
      pem.writeObject(
          content instanceof PrivateKey secret ? new JcaPKCS8Generator(secret, null) : content);
    }
    if (content instanceof PrivateKey
        && Files.getFileStore(file.toAbsolutePath().getParent())
            .supportsFileAttributeView("posix")) {
      // Never readable by others, not even for a moment.
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, text.toString(), StandardOpenOption.WRITE);
    } else {
      Files.writeString(file, text.toString(), StandardOpenOption.CREATE_NEW);
    }
  }
}
