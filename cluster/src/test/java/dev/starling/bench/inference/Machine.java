package dev.starling.bench.inference;

import ai.onnxruntime.OrtEnvironment;
import dev.starling.bench.Host;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What a reader needs to judge figures: the machine, the versions, the command. */
final class Machine {
  private Machine() {}

  static void print(Setting setting, String generator, String command) throws IOException {
    Host.print(setting.out(), setting.jvm());
    setting.print("version:  ONNX Runtime %s", OrtEnvironment.getEnvironment().getVersion());
    setting.print("version:  %s", generator);
    setting.print(
        "rounds:   %d of %d s, %d s of warming up, %d clients",
        setting.rounds(), setting.seconds(), setting.warmUpSeconds(), setting.clients());
    setting.print("date:     %s", Instant.now().truncatedTo(ChronoUnit.SECONDS));
    setting.print("command:  %s", command);
    setting.print("logs:     %s", setting.home());
  }
}
