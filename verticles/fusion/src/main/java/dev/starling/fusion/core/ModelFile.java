package dev.starling.fusion.core;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * How the models of language are kept: compressed, first the number of the format, then what the
 * model writes.
 *
 * @param name of the resource that ships
 * @param format of what is in it
 */
record ModelFile(String name, int format) {

  /** Makes a model of what comes after the number of the format. */
  interface Reader<T> {
    T read(DataInputStream in) throws IOException;
  }

  /** Writes what comes after it. */
  interface Writer {
    void write(DataOutputStream out) throws IOException;
  }

  /** The one that ships; blocks. */
  <T> T shipped(Reader<T> reader) {
    try (InputStream in = ModelFile.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in the jar");
      }
      return read(in, reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  <T> T read(InputStream from, Reader<T> reader) throws IOException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(new GZIPInputStream(from)));
    int found = in.readInt();
    if (found != format) {
      throw new IOException("format: " + found + " (expected: " + format + ")");
    }
    return reader.read(in);
  }

  /** Closes what it writes to. */
  void write(OutputStream to, Writer writer) throws IOException {
    try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(to))) {
      out.writeInt(format);
      writer.write(out);
    }
  }
}
