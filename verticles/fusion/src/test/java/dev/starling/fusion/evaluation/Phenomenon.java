package dev.starling.fusion.evaluation;

/** What makes a scenario hard. Each scenario is made for one of them. */
enum Phenomenon {
  JUST_TOOK("the photo I just took"),
  ONE_BEFORE("the one before, of the last one or of the one that was spoken of"),
  PART_OF_DAY("from this morning, around noon, last night"),
  DAY("yesterday's, from Monday, two days ago"),
  HOW_LONG_AGO("from an hour ago"),
  SOURCE_DEVICE("the one that my tablet took"),
  COLOR("the red one"),
  LABEL("what it shows, by its labels"),
  CAPTION("what it shows, by its caption, in other words"),
  SCREENSHOT("the screenshot, or the photo and not the screenshot"),
  ORDINAL("the second one, the third photo from yesterday"),
  DISCOURSE("it and that, after something was said about a picture, a song or a light"),
  VIEWED("the one I am looking at, by what the device was seen to show"),
  ANSWER("the answer to a question that had to be asked"),
  LATE_EVENT("the picture arrives after the utterance, or an old one arrives just before it"),
  CLOCK_SKEW("a device's clock is minutes to hours off"),
  AS_OF("a picture that is taken after the utterance does not count"),
  MISSING_EVENT("what is meant never arrived: ask"),
  NOISE("misheard words, fillers, alternatives"),
  NEAR_DUPLICATE("several of the same thing, told apart by time, device or colour"),
  AMBIGUOUS("several that could be meant: ask"),
  TARGET_DEVICE("one of several capable devices, by name or room"),
  SPOKEN_ROOM("the capable device in the room in which it is said"),
  RECIPIENT("to whom, beside other names"),
  LEVEL("how bright, in digits and in words"),
  QUERY("what to play"),
  LIGHT_FROM_PICTURE("a picture that is mostly gray, black or white"),
  MISSING_ARGUMENT("to whom, or how bright, is not said: ask"),
  NOT_A_COMMAND("talk, and commands for others");

  private final String text;

  Phenomenon(String text) {
    this.text = text;
  }

  /** In words. */
  String text() {
    return text;
  }
}
