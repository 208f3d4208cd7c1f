package dev.starling.cluster.tls;

import dev.starling.sdk.ConfigException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/**
 * A PEM file that the configuration names. Immutable; reads the file when it is made.
 *
 * <p>Every failure is a {@link ConfigException} with the setting, the file and what was expected.
 */
final class PemFile {
  /** More than any chain needs; a bound because the file is read as a whole. */
  private static final int MAX_BYTES = 1 << 20;

  private final String setting;
  private final String file;
  private final List<Object> objects;

  private PemFile(String setting, String file, List<Object> objects) {
    this.setting = setting;
    this.file = file;
    this.objects = objects;
  }

  /**
   * @param setting the key of the configuration, for messages
   */
  static PemFile read(String setting, String file) {
    List<Object> objects = new ArrayList<>();
    try (PEMParser parser = new PEMParser(new StringReader(text(setting, file)))) {
      for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
        objects.add(next);
      }
    } catch (IOException | RuntimeException e) {
      if (e instanceof ConfigException known) {
        throw known;
      }
      throw mistake(setting, file, "is damaged", "a PEM file");
    }
    return new PemFile(setting, file, List.copyOf(objects));
  }

  /** All certificates in it, in their order; at least one. */
  List<X509Certificate> certificates() {
    JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      for (Object object : objects) {
        if (object instanceof X509CertificateHolder holder) {
          certificates.add(converter.getCertificate(holder));
        }
      }
    } catch (CertificateException e) {
      throw mistake("has a certificate that cannot be read", "X.509");
    }
    if (certificates.isEmpty()) {
      throw mistake("has no certificate", "-----BEGIN CERTIFICATE-----");
    }
    return certificates;
  }

  /** The first private key in it. */
  PrivateKey privateKey() {
    JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
    try {
      for (Object object : objects) {
        if (object instanceof PrivateKeyInfo key) {
          return converter.getPrivateKey(key);
        } else if (object instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        } else if (object instanceof PKCS8EncryptedPrivateKeyInfo
            || object instanceof PEMEncryptedKeyPair) {
          throw mistake("is encrypted", "an unencrypted key that only the node's user can read");
        }
      }
    } catch (PEMException e) {
      throw mistake("has a key that cannot be read", "an RSA or EC key");
    }
    throw mistake("has no private key", "-----BEGIN PRIVATE KEY-----");
  }

  /**
   * Sees to it that a key is one.
   *
   * @return a warning, or an empty text
   * @throws ConfigException when everybody on this machine can read it
   */
  static String checkSecrecy(String setting, String file) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(Path.of(file));
      if (permissions.contains(PosixFilePermission.OTHERS_READ)) {
        throw mistake(
            setting,
            file,
            "can be read by everybody on this machine",
            "chmod 600; in Kubernetes defaultMode: 0440");
      }
      return permissions.contains(PosixFilePermission.GROUP_READ)
          ? setting + ": " + file + " can be read by its group (expected: chmod 600, if it can be)"
          : "";
    } catch (UnsupportedOperationException e) {
      return ""; // a file system without such permissions
    } catch (IOException | InvalidPathException e) {
      throw unreadable(setting, file);
    }
  }

  ConfigException mistake(String found, String expected) {
    return mistake(setting, file, found, expected);
  }

  private static ConfigException mistake(
      String setting, String file, String found, String expected) {
    return new ConfigException(
        "%s: %s %s (expected: %s)".formatted(setting, file, found, expected));
  }

  private static ConfigException unreadable(String setting, String file) {
    return mistake(setting, file, "cannot be read", "a readable PEM file");
  }

  private static String text(String setting, String file) {
    try {
      Path path = Path.of(file);
      if (Files.size(path) > MAX_BYTES) {
        throw mistake(setting, file, "is larger than 1 MiB", "a PEM file");
      }
      // PEM is ASCII; what else is in the file is a comment.
      return Files.readString(path, StandardCharsets.ISO_8859_1);
    } catch (IOException | InvalidPathException e) {
      throw unreadable(setting, file);
    }
  }
}
