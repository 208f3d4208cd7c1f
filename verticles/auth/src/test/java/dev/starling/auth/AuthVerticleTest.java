package dev.starling.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Principal;
import dev.starling.contract.auth.AuthContract;
import dev.starling.contract.auth.AuthContract.Verified;
import dev.starling.contract.auth.AuthContract.VerifyToken;
import dev.starling.testkit.TestNode;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AuthVerticleTest {
  @TempDir Path directory;

  @Test
  void verify_goodHs256Token_answersItsPrincipal() {
    try (TestNode node = new TestNode(directory)) {
      node.settings().putObject("auth").put("hs256-secret", TokenForge.SECRET);
      node.deploy(new AuthVerticle());
      String token = new TokenForge().with("scope", "\"orders:read orders:write\"").hs256();

      assertThat(
              node.call(AuthContract.VERIFY, new VerifyToken(token, "127.0.0.1"), node.anonymous()))
          .isEqualTo(
              new Verified(
                  new Principal("user-1", Set.of("orders:read", "orders:write")),
                  TokenForge.NOW.getEpochSecond() + 600));
    }
  }
}
