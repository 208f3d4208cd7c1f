package dev.starling.postgres;

/** How a write that only the owner of a singleton may do has ended, when it did not fail. */
public sealed interface FencedWrite<T> {

  /** What the work gave, or {@code otherwise} when nothing was written. */
  T orElse(T otherwise);

  /** The term ran, and the write was committed. */
  record Written<T>(T value) implements FencedWrite<T> {
    @Override
    public T orElse(T otherwise) {
      return value;
    }
  }

  /** The term was over, and nothing was written. */
  record Fenced<T>() implements FencedWrite<T> {
    @Override
    public T orElse(T otherwise) {
      return otherwise;
    }
  }
}
