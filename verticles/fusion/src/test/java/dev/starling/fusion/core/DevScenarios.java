package dev.starling.fusion.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Scenarios that the resolver is developed with: situations of each phenomenon, in wording of
 * {@code wording.txt} and of its own, with what is right. Deterministic. Confined to one thread.
 */
final class DevScenarios {
  private final Random random;
  private final OwnWording wording = OwnWording.read();
  private final List<Case> cases = new ArrayList<>();

  /**
   * A situation and what is right.
   *
   * @param target image id; empty for none
   */
  record Case(
      String phenomenon,
      Home home,
      FusionEvent utterance,
      String text,
      Decision.Status status,
      Intent intent,
      String target,
      String device,
      Map<String, String> arguments) {}

  DevScenarios(long seed) {
    this.random = new Random(seed);
  }

  List<Case> make(int rounds) {
    for (int i = 0; i < rounds; i++) {
      justTook(false);
      justTook(true);
      before();
      timeOfDay();
      ago();
      fromDevice();
      color();
      label();
      caption();
      meaning();
      order();
      discourse();
      viewed();
      kind();
      combined();
      simultaneous();
      twoMatch();
      missingRecipient();
      twoScreens();
      room();
      several();
      answer();
      answerDevice();
      answerRecipient();
      other();
      misheard();
      none();
      play();
      dim();
      stop();
      future();
    }
    return cases;
  }

  private String pick(String... of) {
    return of[random.nextInt(of.length)];
  }

  private double between(double least, double most) {
    return least + random.nextDouble() * (most - least);
  }

  private Home home() {
    Home home = new Home(random.nextLong());
    home.clock(Home.TABLET, random.nextInt(3) == 0 ? 400 - random.nextInt(800) : 0);
    // Distractors: yesterday and last week, and something that is done on the side.
    home.image(pick2(), between(100_000, 600_000), pick("tree", "street", "food"), "brown");
    home.open(Home.TABLET, between(300, 3000), "mail");
    return home;
  }

  private Device pick2() {
    return random.nextBoolean() ? Home.PHONE : Home.TABLET;
  }

  /** A command about a picture. */
  private record Command(
      Intent intent, String text, String device, Map<String, String> arguments) {}

  private Command command(String ref, String speaking, String imageDevice) {
    Intent intent =
        List.of(
                Intent.SET_WALLPAPER,
                Intent.SHOW_ON,
                Intent.SEND_TO,
                Intent.PRINT,
                Intent.DELETE,
                Intent.FAVORITE)
            .get(random.nextInt(6));
    List<String> templates = wording.templates(intent.text());
    String template = "";
    while (!template.contains("{ref}")
        || intent == Intent.SHOW_ON && !template.contains("{tv}")
        || intent == Intent.SEND_TO && !template.contains("{person}")
        || template.contains("{mv}")
        || template.contains("tablet")
        || template.contains("phone")
        || template.contains("bedroom")) {
      template = templates.get(random.nextInt(templates.size()));
    }
    String text = template.replace("{ref}", ref);
    String device = imageDevice;
    Map<String, String> arguments = Map.of();
    switch (intent) {
      case SET_WALLPAPER -> {
        text = text.replace("{tv}", "the tablet");
        device = template.contains("{tv}") ? Home.TABLET.id() : speaking;
      }
      case SHOW_ON -> {
        int which = random.nextInt(3);
        String phrase =
            which == 0
                ? pick(
                    "the living room tv",
                    "the tv in the living room",
                    "the television in the living room")
                : which == 1
                    ? pick("the bedroom tv", "the tv in the bedroom")
                    : pick("the picture frame", "the photo frame", "the frame in the hall");
        text = text.replace("{tv}", phrase);
        device = which == 0 ? "tv-1" : which == 1 ? "tv-2" : "frame-1";
      }
      case SEND_TO -> {
        String person = wording.list("person").get(random.nextInt(wording.list("person").size()));
        text = text.replace("{person}", person);
        arguments = Map.of("recipient", person.replace("my ", "").replace("the ", ""));
      }
      case PRINT -> device = Home.PRINTER.id();
      default -> {}
    }
    return new Command(intent, text, device, arguments);
  }

  private void resolved(
      String phenomenon,
      Home home,
      Device speaking,
      String ref,
      String target,
      Device imageDevice) {
    Command command = command(ref, speaking.id(), imageDevice.id());
    FusionEvent said = home.say(speaking, 0, command.text());
    cases.add(
        new Case(
            phenomenon,
            home,
            said,
            command.text(),
            Decision.Status.RESOLVED,
            command.intent(),
            target,
            command.device(),
            command.arguments()));
  }

  private void asked(String phenomenon, Home home, Device speaking, String ref) {
    Command command = command(ref, speaking.id(), "");
    FusionEvent said = home.say(speaking, 0, command.text());
    cases.add(
        new Case(
            phenomenon,
            home,
            said,
            command.text(),
            Decision.Status.ASKED,
            command.intent(),
            "",
            "",
            Map.of()));
  }

  private void exactly(
      String phenomenon,
      Home home,
      FusionEvent said,
      String text,
      Decision.Status status,
      Intent intent,
      String target,
      String device,
      Map<String, String> arguments) {
    cases.add(new Case(phenomenon, home, said, text, status, intent, target, device, arguments));
  }

  private void justTook(boolean skew) {
    Home home = home();
    if (skew) {
      home.clock(Home.TABLET, random.nextBoolean() ? 900 : -900);
    }
    home.image(Home.TABLET, between(120, 600), "cup", "white");
    String target = home.image(Home.PHONE, between(5, 60), "park", "green");
    resolved(
        skew ? "skew" : "just took",
        home,
        Home.PHONE,
        pick(
            "the photo i just took",
            "the picture i took just now",
            "my latest picture",
            "the last photo",
            "the newest shot",
            "the picture i just snapped",
            "the most recent photo",
            "the pic i've just taken",
            "the photo i took a moment ago"),
        target,
        Home.PHONE);
  }

  private void before() {
    Home home = home();
    String target = home.image(Home.PHONE, between(200, 400), "park", "green");
    home.image(Home.PHONE, between(30, 90), "cup", "white");
    resolved(
        "before",
        home,
        Home.PHONE,
        pick(
            "the photo before the last one",
            "the second to last picture",
            "the picture before that",
            "the previous photo",
            "the one before",
            "the one i took before that"),
        target,
        Home.PHONE);
  }

  private void timeOfDay() {
    Home home = home();
    home.image(Home.PHONE, between(60, 400), "cup", "white");
    Device device = pick2();
    // Now is 15:40.
    String[][] times = {
      {"the picture from this morning", "22000"},
      {"this morning's photo", "24000"},
      {"the photo from yesterday evening", "70000"},
      {"the photo from lunch", "10500"},
      {"the picture i took at lunch", "10000"},
      {"the shot from last night", "65000"},
      {"yesterday's photo", "72000"},
      {"the photo i took yesterday", "80000"},
      {"the picture from breakfast today", "26000"},
    };
    String[] time = times[random.nextInt(times.length)];
    String target = home.image(device, Double.parseDouble(time[1]), "park", "green");
    resolved("time of day", home, Home.PHONE, time[0], target, device);
  }

  private void ago() {
    Home home = home();
    home.image(Home.PHONE, between(10, 40), "cup", "white");
    String[][] times = {
      {"the photo from ten minutes ago", "620"},
      {"the picture i took half an hour ago", "1750"},
      {"the photo i took about an hour ago", "3700"},
      {"the shot from two hours ago", "7100"},
      {"the picture from a few minutes ago", "260"},
      {"the photo i took 20 minutes ago", "1180"},
    };
    String[] time = times[random.nextInt(times.length)];
    String target = home.image(Home.PHONE, Double.parseDouble(time[1]), "park", "green");
    resolved("ago", home, Home.PHONE, time[0], target, Home.PHONE);
  }

  private void fromDevice() {
    Home home = home();
    boolean tablet = random.nextBoolean();
    Device source = tablet ? Home.TABLET : Home.PHONE;
    String target = home.image(source, between(300, 3000), "park", "green");
    home.image(tablet ? Home.PHONE : Home.TABLET, between(20, 200), "cup", "white");
    String ref =
        tablet
            ? pick(
                "the picture from my tablet",
                "the photo i took with the tablet",
                "the last photo from the tablet",
                "the tablet photo",
                "the picture that's on my tablet")
            : pick(
                "the photo from my phone",
                "the last picture on my phone",
                "the one from the phone",
                "my phone's latest photo");
    resolved("device", home, Home.PHONE, ref, target, source);
  }

  private void color() {
    Home home = home();
    String color = pick("red", "blue", "green", "yellow", "purple", "orange", "pink");
    Device device = pick2();
    String target = home.image(device, between(100, 2000), "thing", color);
    home.image(Home.PHONE, between(20, 90), "cup", "white");
    home.image(Home.PHONE, between(200, 900), "road", "gray");
    resolved(
        "color",
        home,
        Home.PHONE,
        pick("the " + color + " one", "the " + color + " picture", "that " + color + " photo"),
        target,
        device);
  }

  private static final String[] THINGS = {
    "dog",
    "receipt",
    "beach",
    "bicycle",
    "cake",
    "mountain",
    "cat",
    "flower",
    "car",
    "passport",
    "whiteboard",
    "horse",
    "bridge",
    "pizza",
    "sunset",
    "snowman",
    "guitar",
    "boat"
  };

  private void label() {
    Home home = home();
    String thing = pick(THINGS);
    Device device = pick2();
    String target = home.image(device, between(100, 90000), thing + ",outdoor", "green");
    home.image(Home.PHONE, between(20, 90), "cup,table", "white");
    home.image(Home.TABLET, between(100, 900), "road", "gray");
    resolved(
        "label",
        home,
        Home.PHONE,
        pick(
            "the " + thing,
            "the picture of the " + thing,
            "the photo with the " + thing,
            "the " + thing + " picture",
            "the one with the " + thing,
            "my " + thing + " photo"),
        target,
        device);
  }

  private void caption() {
    Home home = home();
    String thing = pick(THINGS);
    Device device = pick2();
    String target =
        home.image(device, between(100, 9000), "\"a nice " + thing + " near home", "green");
    home.image(Home.PHONE, between(20, 90), "\"a cup on a table", "white");
    resolved(
        "caption",
        home,
        Home.PHONE,
        pick(
            "the picture of the " + thing,
            "the photo showing the " + thing,
            "the " + thing + " one"),
        target,
        device);
  }

  private void meaning() {
    Home home = home();
    String[][] pairs = {
      {"puppy", "dog"}, {"bike", "bicycle"}, {"kids", "children"}, {"bill", "invoice"},
      {"sea", "ocean"}, {"automobile", "car"}, {"kitty", "cat"}, {"meal", "food"},
      {"infant", "baby"}, {"couch", "sofa"}, {"forest", "trees"}, {"flowers", "roses"},
    };
    String[] pair = pairs[random.nextInt(pairs.length)];
    String target = home.image(Home.PHONE, between(100, 9000), pair[1], "green");
    home.image(Home.PHONE, between(20, 90), "whiteboard", "white");
    home.image(Home.PHONE, between(2000, 9000), "bridge", "gray");
    resolved(
        "meaning",
        home,
        Home.PHONE,
        pick(
            "the picture of the " + pair[0],
            "the " + pair[0] + " photo",
            "the photo with the " + pair[0]),
        target,
        Home.PHONE);
  }

  private void order() {
    Home home = home();
    List<String> row = new ArrayList<>();
    double at = 300;
    for (int i = 0; i < 3; i++) {
      row.add(home.image(Home.PHONE, at, pick("cup", "road", "tree"), "gray"));
      at -= between(40, 90);
    }
    int which = random.nextInt(3);
    String[][] refs = {
      {"the first one", "the first picture", "the first of them", "the first of the three"},
      {"the second one", "the second photo", "the second of them", "the second picture i took"},
      {"the third one", "the third picture", "the third photo", "the third of them"}
    };
    resolved("order", home, Home.PHONE, pick(refs[which]), row.get(which), Home.PHONE);
  }

  private void discourse() {
    Home home = home();
    String target = home.image(Home.PHONE, between(200, 300), pick(THINGS), "green");
    home.say(Home.PHONE, 100, "show the photo i just took on the living room tv");
    if (random.nextBoolean()) {
      home.image(Home.TABLET, between(20, 60), "cup", "white");
    }
    resolved(
        "discourse",
        home,
        Home.PHONE,
        pick("it", "that", "that one", "that picture"),
        target,
        Home.PHONE);
  }

  private void viewed() {
    Home home = home();
    Device device = pick2();
    String target = home.image(device, between(5000, 80000), "park", "green");
    home.image(Home.PHONE, between(100, 400), "cup", "white");
    home.view(Home.PHONE, between(10, 60), target);
    resolved(
        "viewed",
        home,
        Home.PHONE,
        pick("this", "this one", "this picture", "what i'm looking at", "the photo i'm looking at"),
        target,
        device);
  }

  private void kind() {
    Home home = home();
    switch (random.nextInt(4)) {
      case 0 -> {
        String target = home.image(Home.PHONE, between(200, 900), "", "white", 0.9, 0.9, true);
        home.image(Home.PHONE, between(20, 90), "cup", "white");
        resolved(
            "kind", home, Home.PHONE, pick("the screenshot", "my screenshot"), target, Home.PHONE);
      }
      case 1 -> {
        String target = home.image(Home.PHONE, between(100, 300), "cup", "white");
        home.image(Home.PHONE, between(20, 90), "", "white", 0.9, 0.9, true);
        resolved("kind", home, Home.PHONE, "the photo i just took", target, Home.PHONE);
      }
      case 2 -> {
        String target = home.image(Home.PHONE, between(100, 300), "cup", "gray", 0.5, 0.12, false);
        home.image(Home.PHONE, between(20, 90), "cup", "gray");
        resolved(
            "kind",
            home,
            Home.PHONE,
            pick("the blurry one", "the blurred photo", "the one that's out of focus"),
            target,
            Home.PHONE);
      }
      default -> {
        String target = home.image(Home.PHONE, between(100, 300), "cup", "black", 0.1, 0.7, false);
        home.image(Home.PHONE, between(20, 90), "cup", "gray");
        resolved(
            "kind",
            home,
            Home.PHONE,
            pick("the dark one", "the dark picture", "the darker one"),
            target,
            Home.PHONE);
      }
    }
  }

  private void combined() {
    Home home = home();
    String target = home.image(Home.TABLET, 22000, "dog", "red");
    home.image(Home.PHONE, 23000, "dog", "green");
    home.image(Home.TABLET, between(60, 200), "cup", "white");
    resolved(
        "combined",
        home,
        Home.PHONE,
        pick(
            "the dog picture from my tablet",
            "the red one from this morning",
            "the red dog photo",
            "the picture of the dog i took with the tablet this morning"),
        target,
        Home.TABLET);
  }

  private void simultaneous() {
    Home home = home();
    double at = between(10, 60);
    home.image(Home.TABLET, at, "cup", "white");
    home.image(Home.PHONE, at + between(-1.8, 1.8), "park", "green");
    asked(
        "simultaneous",
        home,
        pick2(),
        pick("the photo i just took", "the last picture", "the newest photo"));
  }

  private void twoMatch() {
    Home home = home();
    String thing = pick(THINGS);
    home.image(Home.PHONE, between(300, 500), thing, "green");
    home.image(Home.PHONE, between(600, 900), thing, "green");
    home.image(Home.PHONE, between(20, 60), "cup", "white");
    asked("two match", home, Home.PHONE, pick("the " + thing, "the picture of the " + thing));
  }

  private void missingRecipient() {
    Home home = home();
    home.image(Home.PHONE, between(20, 60), "cup", "white");
    String text =
        pick(
            "send the photo i just took",
            "share this picture",
            "forward the last photo",
            "send it");
    FusionEvent said = home.say(Home.PHONE, 0, text);
    exactly(
        "missing recipient",
        home,
        said,
        text,
        Decision.Status.ASKED,
        Intent.SEND_TO,
        "",
        "",
        Map.of());
  }

  private void twoScreens() {
    Home home = home();
    home.image(Home.PHONE, between(20, 60), "cup", "white");
    String text =
        pick(
            "show the photo i just took on the tv",
            "put the last picture on the tv",
            "cast my latest photo to the television");
    FusionEvent said = home.say(Home.PHONE, 0, text);
    exactly(
        "two screens", home, said, text, Decision.Status.ASKED, Intent.SHOW_ON, "", "", Map.of());
  }

  private void room() {
    Home home = home();
    String target = home.image(Home.PHONE, between(20, 60), "cup", "white");
    boolean bedroom = random.nextBoolean();
    home.enter(4000, bedroom ? "living room" : "bedroom");
    home.enter(400, bedroom ? "bedroom" : "living room");
    String text =
        pick(
            "show the photo i just took on the tv",
            "put my latest picture on the tv",
            "show it on the tv in here");
    FusionEvent said = home.say(Home.PHONE, 0, text);
    exactly(
        "room",
        home,
        said,
        text,
        Decision.Status.RESOLVED,
        Intent.SHOW_ON,
        target,
        bedroom ? "tv-2" : "tv-1",
        Map.of());
  }

  private void several() {
    Home home = home();
    home.image(Home.PHONE, between(100, 200), "cup", "white");
    home.image(Home.PHONE, between(20, 60), "road", "white");
    asked(
        "several", home, Home.PHONE, pick("the last two photos", "both of them", "these pictures"));
  }

  private void answer() {
    Home home = home();
    double at = between(60, 90);
    String tablet = home.image(Home.TABLET, at, "cup", "red");
    String phone = home.image(Home.PHONE, at + 2, "park", "green");
    home.say(Home.PHONE, 20, "print the photo i just took");
    boolean first = random.nextBoolean();
    String text =
        first
            ? pick(
                "the red one",
                "the one from the tablet",
                "the cup",
                "the one on my tablet",
                "the one with the cup please")
            : pick(
                "the green one",
                "the one from my phone",
                "the park",
                "the one on my phone",
                "i mean the park picture");
    FusionEvent said = home.say(Home.PHONE, 0, text);
    exactly(
        "answer",
        home,
        said,
        text,
        Decision.Status.RESOLVED,
        Intent.PRINT,
        first ? tablet : phone,
        "printer-1",
        Map.of());
  }

  private void answerDevice() {
    Home home = home();
    String target = home.image(Home.PHONE, between(60, 90), "cup", "red");
    home.say(Home.PHONE, 15, "show the photo i just took on the tv");
    String text =
        pick(
            "the bedroom one",
            "in the bedroom",
            "the one in the bedroom",
            "bedroom",
            "the bedroom tv please");
    FusionEvent said = home.say(Home.PHONE, 0, text);
    exactly(
        "answer device",
        home,
        said,
        text,
        Decision.Status.RESOLVED,
        Intent.SHOW_ON,
        target,
        "tv-2",
        Map.of());
  }

  private void answerRecipient() {
    Home home = home();
    String target = home.image(Home.PHONE, between(60, 90), "cup", "red");
    home.say(Home.PHONE, 15, "send the photo i just took");
    if (random.nextInt(4) == 0) {
      String text = pick("never mind", "forget it", "cancel", "no thanks");
      FusionEvent said = home.say(Home.PHONE, 0, text);
      exactly("answer no", home, said, text, Decision.Status.NONE, Intent.NONE, "", "", Map.of());
      return;
    }
    String text = pick("to anna", "anna", "anna please", "send it to anna");
    FusionEvent said = home.say(Home.PHONE, 0, text);
    exactly(
        "answer recipient",
        home,
        said,
        text,
        Decision.Status.RESOLVED,
        Intent.SEND_TO,
        target,
        "phone-1",
        Map.of("recipient", "anna"));
  }

  private void other() {
    Home home = home();
    String target = home.image(Home.PHONE, between(200, 260), "cup", "red");
    home.image(Home.PHONE, between(60, 120), "park", "green");
    home.say(Home.PHONE, 15, "print the last photo");
    String text =
        pick(
            "not that the other one",
            "no the other one",
            "no, the one before",
            "no i meant the red one");
    FusionEvent said = home.say(Home.PHONE, 0, text);
    exactly(
        "other",
        home,
        said,
        text,
        Decision.Status.RESOLVED,
        Intent.PRINT,
        target,
        "printer-1",
        Map.of());
  }

  private void misheard() {
    Home home = home();
    String target = home.image(Home.PHONE, between(20, 90), "dog", "brown");
    String[][] heard = {
      {"prince the photo i just took", "print the photo i just took", "print"},
      {
        "set the foto i just tuck as wall paper",
        "set the photo i just took as wallpaper",
        "set_wallpaper"
      },
      {"the lead the last picture", "delete the last picture", "delete"},
      {"add the dog picture to my favor it's", "add the dog picture to my favorites", "favorite"},
    };
    String[] one = heard[random.nextInt(heard.length)];
    FusionEvent said =
        home.hear(Home.PHONE, 0, 0.62, one[0], List.of(new Content.Alternative(one[1], 0.58)));
    Intent intent = Intent.of(one[2]);
    exactly(
        "misheard",
        home,
        said,
        one[0],
        Decision.Status.RESOLVED,
        intent,
        target,
        intent == Intent.PRINT ? "printer-1" : "phone-1",
        Map.of());
  }

  private void none() {
    Home home = home();
    home.image(Home.PHONE, between(20, 90), "dog", "brown");
    List<String> templates = wording.templates("none");
    String text = wording.fill(templates.get(random.nextInt(templates.size())), random);
    FusionEvent said = home.say(Home.PHONE, 0, text);
    exactly("none", home, said, text, Decision.Status.NONE, Intent.NONE, "", "", Map.of());
  }

  private void play() {
    Home home = home();
    String query = pick("jazz", "the beatles", "bohemian rhapsody", "classical music", "abba");
    String text =
        pick(
                "play {q} on the kitchen speaker",
                "put on {q} in the kitchen",
                "play some {q} on the kitchen speaker please",
                "i want to hear {q} in the kitchen",
                "could you play {q} on the speaker in the kitchen")
            .replace("{q}", query);
    FusionEvent said = home.say(Home.PHONE, 0, text);
    exactly(
        "play",
        home,
        said,
        text,
        Decision.Status.RESOLVED,
        Intent.PLAY,
        "",
        "speaker-1",
        Map.of("query", query));
  }

  private void dim() {
    Home home = home();
    String[] level =
        new String[][] {
              {"50 percent", "50"}, {"half", "50"}, {"20%", "20"}, {"thirty percent", "30"}
            }
            [random.nextInt(4)];
    String text =
        pick(
                "dim the bedroom light to {l}",
                "set the light in the bedroom to {l}",
                "turn the bedroom lights down to {l}",
                "bring the bedroom light down to {l} please")
            .replace("{l}", level[0]);
    FusionEvent said = home.say(Home.PHONE, 0, text);
    exactly(
        "dim",
        home,
        said,
        text,
        Decision.Status.RESOLVED,
        Intent.DIM,
        "",
        "light-2",
        Map.of("level", level[1]));
  }

  private void stop() {
    Home home = home();
    home.say(Home.PHONE, 300, "play jazz on the kitchen speaker");
    String text =
        pick(
            "stop", "stop the music", "stop it please", "okay that's enough", "turn off the music");
    FusionEvent said = home.say(Home.PHONE, 0, text);
    exactly(
        "stop", home, said, text, Decision.Status.RESOLVED, Intent.STOP, "", "speaker-1", Map.of());
  }

  /** What happens later does not count, even if it is told of before. */
  private void future() {
    Home home = home();
    String target = home.image(Home.PHONE, between(10, 40), "cup", "white");
    home.image(Home.PHONE, -6, "park", "green");
    home.say(Home.PHONE, -10, "delete it");
    resolved(
        "future",
        home,
        Home.PHONE,
        pick("the photo i just took", "the last photo"),
        target,
        Home.PHONE);
  }
}
