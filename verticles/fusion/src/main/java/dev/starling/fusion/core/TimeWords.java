package dev.starling.fusion.core;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds what words say of time: "just took", "the one before", "yesterday morning", "two hours
 * ago". Confined to one parse.
 */
final class TimeWords {
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;

  /** Parts of a day, in local hours and minutes; those of the night reach into the next day. */
  private record Part(LocalTime from, LocalTime to, long softMillis) {}

  private static final Map<String, Part> PARTS =
      Map.ofEntries(
          Map.entry("morning", new Part(LocalTime.of(4, 0), LocalTime.of(12, 0), HOUR / 2)),
          Map.entry("breakfast", new Part(LocalTime.of(5, 30), LocalTime.of(10, 45), HOUR / 2)),
          Map.entry("brunch", new Part(LocalTime.of(9, 30), LocalTime.of(14, 0), HOUR / 2)),
          Map.entry("noon", new Part(LocalTime.of(11, 15), LocalTime.of(13, 15), HOUR / 2)),
          Map.entry("midday", new Part(LocalTime.of(11, 15), LocalTime.of(13, 15), HOUR / 2)),
          Map.entry("lunch", new Part(LocalTime.of(11, 15), LocalTime.of(14, 30), HOUR / 2)),
          Map.entry("lunchtime", new Part(LocalTime.of(11, 15), LocalTime.of(14, 30), HOUR / 2)),
          Map.entry("afternoon", new Part(LocalTime.of(12, 0), LocalTime.of(18, 0), HOUR / 2)),
          Map.entry("dinner", new Part(LocalTime.of(17, 15), LocalTime.of(21, 45), HOUR / 2)),
          Map.entry("supper", new Part(LocalTime.of(17, 15), LocalTime.of(21, 45), HOUR / 2)),
          Map.entry("evening", new Part(LocalTime.of(17, 0), LocalTime.of(23, 59), HOUR / 2)),
          Map.entry("tonight", new Part(LocalTime.of(17, 0), LocalTime.of(23, 59), HOUR / 2)),
          Map.entry("night", new Part(LocalTime.of(18, 0), LocalTime.of(5, 0), HOUR / 2)));

  private static final Map<String, DayOfWeek> WEEKDAYS =
      Map.of(
          "monday", DayOfWeek.MONDAY,
          "tuesday", DayOfWeek.TUESDAY,
          "wednesday", DayOfWeek.WEDNESDAY,
          "thursday", DayOfWeek.THURSDAY,
          "friday", DayOfWeek.FRIDAY,
          "saturday", DayOfWeek.SATURDAY,
          "sunday", DayOfWeek.SUNDAY);

  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry("a", 1),
          Map.entry("an", 1),
          Map.entry("one", 1),
          Map.entry("two", 2),
          Map.entry("three", 3),
          Map.entry("four", 4),
          Map.entry("five", 5),
          Map.entry("six", 6),
          Map.entry("seven", 7),
          Map.entry("eight", 8),
          Map.entry("nine", 9),
          Map.entry("ten", 10),
          Map.entry("eleven", 11),
          Map.entry("twelve", 12),
          Map.entry("fifteen", 15),
          Map.entry("twenty", 20),
          Map.entry("thirty", 30),
          Map.entry("forty", 40));

  private static final Set<String> TAKING =
      Set.of(
          "took", "taken", "take", "shot", "snapped", "captured", "made", "got", "snap", "grabbed",
          "saved", "received", "shoot", "photographed", "did", "clicked", "caught");

  private final List<String> words;
  private final boolean[] used;
  private final ZonedDateTime now;
  private final long nowMillis;

  private final List<String> said = new ArrayList<>();
  private boolean justNow;
  private boolean latest;
  private boolean earliest;
  private int before;
  private int after;
  private When.@Nullable Interval interval;
  private @Nullable LocalDate day;
  private @Nullable String part;

  private TimeWords(List<String> words, boolean[] used, long nowMillis, ZoneId zone) {
    this.words = words;
    this.used = used;
    this.nowMillis = nowMillis;
    this.now = Instant.ofEpochMilli(nowMillis).atZone(zone);
  }

  /**
   * What is said of time.
   *
   * @param used the words that mean something already; those that speak of time are added
   */
  static When find(List<String> words, boolean[] used, long nowMillis, ZoneId zone) {
    TimeWords time = new TimeWords(words, used, nowMillis, zone);
    for (int i = 0; i < words.size(); i++) {
      if (!used[i]) {
        time.at(i);
      }
    }
    time.place();
    return new When(
        time.justNow,
        time.latest,
        time.earliest,
        time.before,
        time.after,
        time.interval,
        String.join(", ", time.said));
  }

  private String word(int at) {
    return at >= 0 && at < words.size() ? words.get(at) : "";
  }

  private void use(int from, int to, String name) {
    for (int i = from; i < to; i++) {
      used[i] = true;
    }
    said.add(name);
  }

  private void at(int i) {
    String word = word(i);
    switch (word) {
      case "just" -> just(i);
      case "moment", "moments", "second", "seconds", "sec", "minute", "minutes", "mins", "min",
          "hour", "hours", "day", "days", "week", "weeks", "month", "months", "while" -> ago(i);
      case "last", "latest", "newest", "recent", "freshest" -> last(i);
      case "oldest", "earliest" -> {
        earliest = true;
        use(i, i + 1, "the first");
      }
      case "before", "previous", "prior", "preceding", "penultimate" -> before(i);
      case "after", "next", "following" -> after(i);
      case "yesterday" -> yesterday(i);
      case "today" -> {
        day = now.toLocalDate();
        use(i, i + 1, "today");
      }
      case "earlier" -> earlier(i);
      case "weekend" -> weekend(i);
      default -> {
        if (PARTS.containsKey(word)) {
          partOfDay(i);
        } else if (WEEKDAYS.containsKey(word)) {
          weekday(i);
        } else if (word.equals("week") || word.equals("month")) {
          use(i, i + 1, word);
        }
      }
    }
  }

  /** "just took", "took just now", "just now" */
  private void just(int i) {
    for (int j = i + 1; j <= i + 3 && j < words.size(); j++) {
      if (TAKING.contains(word(j)) || word(j).equals("now")) {
        justNow = true;
        latest = true;
        use(i, j + 1, "just now");
        return;
      }
    }
    if (i > 0 && TAKING.contains(word(i - 1))) {
      justNow = true;
      latest = true;
      use(i, i + 1, "just now");
    }
  }

  /** "two minutes ago", "a moment ago", "half an hour ago" */
  private void ago(int i) {
    boolean past =
        word(i + 1).equals("ago") || word(i + 1).equals("back") || word(i + 1).equals("earlier");
    boolean within = word(i - 1).equals("last") || word(i - 1).equals("past");
    if (!past) {
      if (within && (word(i).equals("week") || word(i).equals("month"))) {
        lastCalendar(i);
      }
      return;
    }
    int from = i - 1;
    double count = 1;
    double spread = 0.3;
    String number = word(from);
    if (NUMBERS.containsKey(number)) {
      count = NUMBERS.get(number);
      if (number.equals("an") && word(from - 1).equals("half")) {
        count = 0.5;
        from--;
      }
    } else if (!number.isEmpty() && number.chars().allMatch(Character::isDigit)) {
      count = Math.min(1000, number.length() > 4 ? 1000 : Integer.parseInt(number));
    } else if (number.equals("few") || number.equals("some") || number.equals("several")) {
      count = 4;
      spread = 0.7;
      from -= word(from - 1).equals("a") ? 1 : 0;
    } else if (number.equals("couple") || number.equals("of")) {
      count = 2.5;
      spread = 0.6;
      from -= number.equals("of") ? 2 : 1;
    } else {
      from++;
    }
    while (word(from - 1).equals("about")
        || word(from - 1).equals("around")
        || word(from - 1).equals("like")
        || word(from - 1).equals("maybe")) {
      from--;
      spread = Math.max(spread, 0.4);
    }
    long unit = unit(word(i));
    from = Math.max(0, Math.min(from, i));
    if (unit == 0) {
      justNow = true;
      latest = true;
    } else if (word(i).startsWith("day") || word(i).startsWith("week")) {
      day = now.toLocalDate().minusDays(Math.round(count * unit / (24 * HOUR)));
    } else {
      long center = Math.round(nowMillis - count * unit);
      long soft = Math.round(Math.max(20_000, spread * count * unit));
      interval = new When.Interval(center - soft, center + soft, soft);
      // "a minute ago" is said of anything short.
      if (unit == MINUTE && count == 1) {
        interval = new When.Interval(nowMillis - 5 * MINUTE, nowMillis, MINUTE);
        latest = true;
      }
    }
    use(from, i + 2, String.join(" ", words.subList(from, Math.min(words.size(), i + 2))));
  }

  private static long unit(String word) {
    return switch (word) {
      case "minute", "minutes", "mins", "min" -> MINUTE;
      case "hour", "hours" -> HOUR;
      case "day", "days" -> 24 * HOUR;
      case "week", "weeks" -> 7 * 24 * HOUR;
      case "month", "months" -> 30 * 24 * HOUR;
      case "while" -> HOUR;
      default -> 0;
    };
  }

  private void lastCalendar(int i) {
    LocalDate today = now.toLocalDate();
    LocalDate from;
    LocalDate to;
    if (word(i).equals("week")) {
      LocalDate monday = today.with(DayOfWeek.MONDAY);
      from = monday.minusDays(7);
      to = monday;
    } else {
      from = today.withDayOfMonth(1).minusMonths(1);
      to = today.withDayOfMonth(1);
    }
    interval = new When.Interval(millis(from, LocalTime.MIN), millis(to, LocalTime.MIN), 12 * HOUR);
    use(i - 1, i + 1, "last " + word(i));
  }

  /** "the last one", "the most recent photo"; not "last night". */
  private void last(int i) {
    String next = word(i + 1);
    if (word(i).equals("last")) {
      if (next.equals("night")) {
        day = now.toLocalDate().minusDays(1);
        part = "night";
        use(i, i + 2, "last night");
        return;
      }
      if (next.equals("week") || next.equals("month")) {
        return;
      }
      if (next.equals("evening") || next.equals("afternoon")) {
        day = now.toLocalDate().minusDays(1);
        part = next;
        use(i, i + 2, "yesterday " + next);
        return;
      }
      if (WEEKDAYS.containsKey(next) || next.equals("weekend")) {
        return;
      }
      if (next.equals("but") && word(i + 2).equals("one")) {
        before++;
        latest = true;
        use(i, i + 2, "the one before the last");
        return;
      }
      if (next.equals("time")) {
        return;
      }
    }
    // "the second to last one" is one before the last.
    if ((word(i - 1).equals("to") || word(i - 1).equals("from"))
        && (word(i - 2).equals("second") || word(i - 2).equals("next"))) {
      before++;
      latest = true;
      use(i - 2, i + 1, "the one before the last");
      return;
    }
    int from = word(i - 1).equals("most") || word(i - 1).equals("very") ? i - 1 : i;
    latest = true;
    use(from, i + 1, "the last");
  }

  /** "the one before", "before that", "the previous one"; "before lunch" is a time. */
  private void before(int i) {
    String next = word(i + 1);
    if (PARTS.containsKey(next)) {
      Part of = PARTS.get(next);
      LocalDate date = now.toLocalDate();
      if (now.toLocalTime().isBefore(of.from())) {
        date = date.minusDays(1);
      }
      long until = millis(date, of.from()) + HOUR;
      interval = new When.Interval(until - 5 * HOUR, until, HOUR / 2);
      use(i, i + 2, "before " + next);
      return;
    }
    if (word(i - 1).equals("day") && next.equals("yesterday")) {
      day = now.toLocalDate().minusDays(2);
      use(i - 1, i + 2, "the day before yesterday");
      return;
    }
    boolean steps = NUMBERS.containsKey(word(i - 1)) && !word(i - 1).equals("one");
    before += steps && !word(i - 1).startsWith("a") ? NUMBERS.get(word(i - 1)) : 1;
    int to = i + 1;
    while (next.equals("that") || next.equals("it") || next.equals("this") || next.equals("one")) {
      to++;
      next = word(to);
    }
    // "the one i took before": it says when, and no picture follows it.
    use(i, Math.min(words.size(), to), "the one before");
  }

  private void after(int i) {
    String word = word(i);
    String next = word(i + 1);
    if (word.equals("next")) {
      if (next.equals("to")
          || !(ImageWords.isNoun(next) || next.isEmpty() || next.equals("please"))) {
        return;
      }
    } else if (word.equals("after")) {
      if (PARTS.containsKey(next)) {
        Part of = PARTS.get(next);
        LocalDate date = now.toLocalDate();
        if (now.toLocalTime().isBefore(of.to())) {
          date = date.minusDays(1);
        }
        long since = millis(date, of.to()) - HOUR;
        interval = new When.Interval(since, since + 5 * HOUR, HOUR / 2);
        use(i, i + 2, "after " + next);
        return;
      }
      if (!(next.isEmpty() || next.equals("that") || next.equals("it") || next.equals("this"))) {
        return;
      }
    }
    after++;
    use(i, i + (word.equals("after") && !next.isEmpty() ? 2 : 1), "the one after");
  }

  private void yesterday(int i) {
    day = now.toLocalDate().minusDays(1);
    use(i, word(i + 1).equals("'s") ? i + 2 : i + 1, "yesterday");
  }

  private void earlier(int i) {
    if (word(i + 1).equals("today")) {
      day = now.toLocalDate();
      use(i, i + 2, "earlier today");
    } else if (before == 0) {
      // "the one from earlier" is not the one just taken.
      interval = new When.Interval(nowMillis - 18 * HOUR, nowMillis - 10 * MINUTE, 5 * MINUTE);
      use(i, i + 1, "earlier");
    }
  }

  private void weekend(int i) {
    LocalDate today = now.toLocalDate();
    boolean nowWeekend = today.getDayOfWeek().getValue() >= 6;
    LocalDate saturday = today.with(DayOfWeek.SATURDAY);
    boolean last = word(i - 1).equals("last");
    if (!nowWeekend || last) {
      saturday = saturday.minusDays(7);
    }
    interval =
        new When.Interval(
            millis(saturday.minusDays(1), LocalTime.of(18, 0)),
            millis(saturday.plusDays(2), LocalTime.of(4, 0)),
            3 * HOUR);
    use(last ? i - 1 : i, i + 1, "the weekend");
  }

  private void weekday(int i) {
    LocalDate date = now.toLocalDate();
    do {
      date = date.minusDays(1);
    } while (date.getDayOfWeek() != WEEKDAYS.get(word(i)));
    day = date;
    int from = word(i - 1).equals("last") || word(i - 1).equals("on") ? i - 1 : i;
    use(from, word(i + 1).equals("'s") ? i + 2 : i + 1, word(i));
  }

  private void partOfDay(int i) {
    if (word(i - 1).equals("good") || word(i - 1).equals("for") && word(i).equals("dinner")) {
      return;
    }
    part = word(i);
    int from = i;
    if (word(i - 1).equals("this") || word(i - 1).equals("today")) {
      day = now.toLocalDate();
      from = i - 1;
    } else if (word(i - 1).equals("'s") && word(i - 2).equals("today")) {
      from = i - 2;
    }
    use(from, word(i + 1).equals("'s") ? i + 2 : i + 1, part);
  }

  /** Day and part of the day to an interval. */
  private void place() {
    if (day == null && part == null) {
      return;
    }
    LocalDate date = day == null ? now.toLocalDate() : day;
    if (part == null) {
      interval =
          new When.Interval(
              millis(date, LocalTime.MIN), millis(date.plusDays(1), LocalTime.MIN), HOUR);
      return;
    }
    Part of = PARTS.get(part);
    boolean night = of.to().isBefore(of.from());
    // Before lunch, "from lunch" is yesterday's.
    if (day == null && now.toLocalTime().isBefore(of.from())) {
      date = date.minusDays(1);
    }
    interval =
        new When.Interval(
            millis(date, of.from()),
            millis(night ? date.plusDays(1) : date, of.to()),
            of.softMillis());
  }

  private long millis(LocalDate date, LocalTime time) {
    return date.atTime(time).atZone(now.getZone()).toInstant().toEpochMilli();
  }
}
