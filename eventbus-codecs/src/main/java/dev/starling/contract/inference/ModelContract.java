package dev.starling.contract.inference;

import dev.starling.bus.Address;
import dev.starling.bus.Topic;
import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.List;

/** Tells which node has which models, and has models loaded and unloaded. */
public final class ModelContract {
  public static final String SERVICE = "inference";

  /**
   * What a node has in its repository, sent when it changes and each few seconds, so that every
   * node knows the models of the cluster.
   */
  public static final Topic<NodeModels> MODELS =
      new Topic<>("inference.models.v1", new NodeModelsCodec());

  private static final Codec<Ask> ASK = new AskCodec();
  private static final Codec<Load> LOAD = new LoadCodec();
  private static final Codec<Unload> UNLOAD = new UnloadCodec();
  private static final Codec<Changed> CHANGED = new ChangedCodec();

  private ModelContract() {}

  /**
   * Asks a node for what it publishes under {@link #MODELS}, e.g. because one has just started.
   *
   * <p>Address {@code inference@<node>/models.v1}; {@link Ask} → {@link NodeModels}. Safe to retry.
   */
  public static Address<Ask, NodeModels> models(String nodeId) {
    return new Address<>(SERVICE + "@" + nodeId, "models.v1", ASK, MODELS.codec());
  }

  /**
   * Has a node look at a model's directory and serve what is there: new versions are tried out,
   * loaded and warmed up, then take over; old ones finish what they have.
   *
   * <p>Address {@code inference@<node>/load.v1}; {@link Load} → {@link Changed}, when it serves or
   * was refused. Doing it again changes nothing, so it is safe to retry. Failures: {@code
   * OVERLOADED} when too many changes wait.
   */
  public static Address<Load, Changed> load(String nodeId) {
    return new Address<>(SERVICE + "@" + nodeId, "load.v1", LOAD, CHANGED);
  }

  /**
   * Has a node stop serving a model, until it is loaded again or the node restarts.
   *
   * <p>Address {@code inference@<node>/unload.v1}; {@link Unload} → {@link Changed}, when those who
   * waited have their answers. Safe to retry.
   */
  public static Address<Unload, Changed> unload(String nodeId) {
    return new Address<>(SERVICE + "@" + nodeId, "unload.v1", UNLOAD, CHANGED);
  }

  public record Ask() {}

  public record Load(String model) {}

  public record Unload(String model) {}

  /**
   * @param detail what is wrong, and what was expected; empty when all is well
   */
  public record Changed(Outcome outcome, String detail) {}

  /** What became of it; new ones are added at the end. */
  public enum Outcome {
    DONE,
    /** The node's repository has no such model. */
    ABSENT,
    /** The model was found wanting; what was served before still is. */
    REFUSED
  }

  /**
   * @param models in ascending order of name, then version
   */
  public record NodeModels(String nodeId, List<ModelRecord> models) {
    public NodeModels {
      models = List.copyOf(models);
    }
  }

  /**
   * One version of a model at a node.
   *
   * @param version as its directory is named, e.g. {@code 1}
   * @param state what may be asked of it
   * @param preferred whether it answers calls that name no version
   * @param reason why it is not ready; empty when it is
   * @param platform e.g. {@code onnxruntime_onnx}
   * @param inputs what clients send; empty unless it is ready
   * @param outputs what they get
   */
  public record ModelRecord(
      String name,
      String version,
      State state,
      boolean preferred,
      String reason,
      String platform,
      List<TensorRecord> inputs,
      List<TensorRecord> outputs) {
    public ModelRecord {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  /** What a version of a model does; new ones are added at the end. */
  public enum State {
    /** It is being tried out, loaded or warmed up. */
    LOADING,
    READY,
    /** It finishes what it has and takes no more. */
    UNLOADING,
    /** It is there, and not loaded. */
    UNAVAILABLE
  }

  /**
   * What a model takes or gives under one name.
   *
   * @param shape −1 for what differs from call to call
   */
  public record TensorRecord(String name, DataType type, List<Long> shape) {
    public TensorRecord {
      shape = List.copyOf(shape);
    }
  }

  private static final class AskCodec implements Codec<Ask> {
    @Override
    public void encode(Ask value, WireWriter out) {}

    @Override
    public Ask decode(WireReader in) {
      return new Ask();
    }
  }

  private static final class LoadCodec implements Codec<Load> {
    @Override
    public void encode(Load value, WireWriter out) {
      out.writeString(value.model());
    }

    @Override
    public Load decode(WireReader in) {
      return new Load(in.readString());
    }
  }

  private static final class UnloadCodec implements Codec<Unload> {
    @Override
    public void encode(Unload value, WireWriter out) {
      out.writeString(value.model());
    }

    @Override
    public Unload decode(WireReader in) {
      return new Unload(in.readString());
    }
  }

  private static final class ChangedCodec implements Codec<Changed> {
    private static final Outcome[] OUTCOMES = Outcome.values();

    @Override
    public void encode(Changed value, WireWriter out) {
      out.writeEnum(value.outcome());
      out.writeString(value.detail());
    }

    @Override
    public Changed decode(WireReader in) {
      return new Changed(in.readEnum(OUTCOMES), in.readString());
    }
  }

  private static final class NodeModelsCodec implements Codec<NodeModels> {
    private static final State[] STATES = State.values();
    private static final DataType[] TYPES = DataType.values();

    @Override
    public void encode(NodeModels value, WireWriter out) {
      out.writeString(value.nodeId());
      out.writeAll(value.models(), NodeModelsCodec::model);
    }

    private static void model(WireWriter out, ModelRecord model) {
      out.writeString(model.name());
      out.writeString(model.version());
      out.writeEnum(model.state());
      out.writeBoolean(model.preferred());
      out.writeString(model.reason());
      out.writeString(model.platform());
      out.writeAll(model.inputs(), NodeModelsCodec::tensor);
      out.writeAll(model.outputs(), NodeModelsCodec::tensor);
    }

    // Lengths are moved by one, since the smallest is -1 and the wire has none below zero.
    private static void tensor(WireWriter out, TensorRecord tensor) {
      out.writeString(tensor.name());
      out.writeEnum(tensor.type());
      out.writeAll(tensor.shape(), (writer, length) -> writer.writeVarLong(length + 1));
    }

    @Override
    public NodeModels decode(WireReader in) {
      return new NodeModels(
          in.readString(),
          in.readAll(
              model ->
                  new ModelRecord(
                      model.readString(),
                      model.readString(),
                      model.readEnum(STATES),
                      model.readBoolean(),
                      model.readString(),
                      model.readString(),
                      model.readAll(NodeModelsCodec::tensor),
                      model.readAll(NodeModelsCodec::tensor))));
    }

    private static TensorRecord tensor(WireReader in) {
      String name = in.readString();
      DataType type = in.readEnum(TYPES);
      List<Long> shape = in.readAll(WireReader::readVarLong);
      if (shape.size() > Tensor.MAX_RANK) {
        throw new MalformedFrameException(
            "rank: " + shape.size() + " (expected: <= " + Tensor.MAX_RANK + ")");
      }
      return new TensorRecord(name, type, shape.stream().map(length -> length - 1).toList());
    }
  }
}
