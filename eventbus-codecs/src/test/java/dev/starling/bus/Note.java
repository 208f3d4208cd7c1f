package dev.starling.bus;

import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;

/** The message of the bus's own tests: a number that cannot be negative, and a text. */
record Note(int number, String text) {
  static final ItemCodec<Note> CODEC = new NoteCodec();

  /** Answers with a note; what it does is up to each test. */
  static final Address<Note, Note> WRITE = new Address<>("notes", "write.v1", CODEC, CODEC);

  static final Address<Note, Note> READ = new Address<>("notes", "read.v1", CODEC, CODEC);

  static final StreamAddress<Note, Note, Note, Note> STREAM =
      new StreamAddress<>("notes", "stream.v1", CODEC, CODEC, CODEC, CODEC);

  static final Topic<Note> WRITTEN = new Topic<>("notes.written.v1", CODEC);

  Note(String text) {
    this(0, text);
  }

  private static final class NoteCodec implements ItemCodec<Note> {
    @Override
    public void encode(Note note, WireWriter out) {
      out.writeVarInt(note.number);
      out.writeString(note.text);
    }

    @Override
    public Note decode(WireReader in) {
      return new Note(in.readVarInt(), in.readString());
    }

    @Override
    public int size(Note note) {
      return note.text.length();
    }
  }
}
