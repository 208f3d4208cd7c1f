package dev.starling.contract;

import dev.starling.bus.Pieces;
import dev.starling.contract.ContractSamples.Sample;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.InferenceContract.Admitted;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.InferLarge;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.ModelContract;
import dev.starling.contract.inference.ModelContract.Changed;
import dev.starling.contract.inference.ModelContract.Load;
import dev.starling.contract.inference.ModelContract.ModelRecord;
import dev.starling.contract.inference.ModelContract.NodeModels;
import dev.starling.contract.inference.ModelContract.Outcome;
import dev.starling.contract.inference.ModelContract.State;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.contract.inference.ModelContract.Unload;
import dev.starling.contract.inference.Tensor;
import dev.starling.contract.vectors.VectorsContract;
import dev.starling.contract.vectors.VectorsContract.Create;
import dev.starling.contract.vectors.VectorsContract.Delete;
import dev.starling.contract.vectors.VectorsContract.Done;
import dev.starling.contract.vectors.VectorsContract.Match;
import dev.starling.contract.vectors.VectorsContract.Matches;
import dev.starling.contract.vectors.VectorsContract.Metric;
import dev.starling.contract.vectors.VectorsContract.Point;
import dev.starling.contract.vectors.VectorsContract.Search;
import dev.starling.contract.vectors.VectorsContract.Text;
import dev.starling.contract.vectors.VectorsContract.Upsert;
import dev.starling.contract.vectors.VectorsContract.Vector;
import java.util.List;

/** The messages of models and vectors, like {@link ContractSamples}. */
final class ModelSamples {
  private static final String OWNER = "0f8fad5b-d9cb-469f-a165-70867728950e";
  private static final Tensor NUMBERS =
      new Tensor("x", DataType.INT16, List.of(2L, 1L), new byte[] {1, 0, (byte) 0xff, (byte) 0xff});
  private static final Tensor SCALAR =
      new Tensor("score", DataType.FP32, List.of(), new byte[] {0, 0, (byte) 0x80, 0x3f});

  private ModelSamples() {}

  static List<Sample<?>> all() {
    return List.of(
        new Sample<>(
            "inference-infer",
            InferenceContract.infer("m").request(),
            new Infer("3", List.of(NUMBERS, SCALAR), List.of("score"))),
        new Sample<>(
            "inference-inferred",
            InferenceContract.infer("m").reply(),
            new Inferred("3", List.of(SCALAR))),
        new Sample<>(
            "inference-refused",
            InferenceContract.infer("m").reply(),
            new InferenceContract.Refused(
                InferenceContract.Reason.NOT_HERE, "version: 3 (expected: one of 1, 2)")),
        new Sample<>(
            "inference-infer-large",
            InferenceContract.inferLarge("m").request(),
            new InferLarge(67_108_864)),
        new Sample<>(
            "inference-admitted", InferenceContract.inferLarge("m").answer(), new Admitted()),
        new Sample<>(
            "inference-not-admitted",
            InferenceContract.inferLarge("m").answer(),
            new InferenceContract.Refused(InferenceContract.Reason.INVALID, "too large")),
        new Sample<>("stream-piece", Pieces.CODEC, new byte[] {0, 1, -1}),
        new Sample<>(
            "inference-ask", ModelContract.models("n-1").request(), new ModelContract.Ask()),
        new Sample<>("inference-load", ModelContract.load("n-1").request(), new Load("minilm")),
        new Sample<>(
            "inference-unload", ModelContract.unload("n-1").request(), new Unload("minilm")),
        new Sample<>(
            "inference-changed",
            ModelContract.load("n-1").reply(),
            new Changed(Outcome.REFUSED, "outputs: NaN (expected: finite)")),
        new Sample<>(
            "inference-models",
            ModelContract.MODELS.codec(),
            new NodeModels(
                "n-1",
                List.of(
                    new ModelRecord(
                        "minilm",
                        "3",
                        State.READY,
                        true,
                        "",
                        "onnxruntime_onnx",
                        List.of(new TensorRecord("text", DataType.BYTES, List.of(-1L))),
                        List.of(new TensorRecord("embedding", DataType.FP32, List.of(-1L, 384L)))),
                    new ModelRecord(
                        "minilm",
                        "4",
                        State.UNAVAILABLE,
                        false,
                        "domain: com.acme (expected: ai.onnx)",
                        "",
                        List.of(),
                        List.of())))),
        new Sample<>(
            "vectors-create",
            VectorsContract.CREATE.request(),
            new Create(OWNER, "faq", 384, Metric.DOT)),
        new Sample<>(
            "vectors-upsert",
            VectorsContract.UPSERT.request(),
            new Upsert(
                OWNER,
                "faq",
                List.of(
                    new Point("q-1", new Vector(new float[] {1f, -0.5f}), "{\"lang\":\"de\"}"),
                    new Point("q-2", new Text("Grüße"), "{}")))),
        new Sample<>(
            "vectors-delete",
            VectorsContract.DELETE.request(),
            new Delete(OWNER, "faq", List.of("q-1", "q-2"))),
        new Sample<>(
            "vectors-search",
            VectorsContract.SEARCH.request(),
            new Search(OWNER, "faq", new Text("where is it?"), 10, "{\"lang\":\"en\"}")),
        new Sample<>("vectors-done", VectorsContract.UPSERT.reply(), new Done()),
        new Sample<>(
            "vectors-matches",
            VectorsContract.SEARCH.reply(),
            new Matches(List.of(new Match("q-1", 0.75, "{}"), new Match("q-2", -1.5, "{}")), true)),
        new Sample<>(
            "vectors-refused",
            VectorsContract.CREATE.reply(),
            new VectorsContract.Refused(
                VectorsContract.Reason.CONFLICT, "dimension: 384 (expected: 768)")));
  }
}
