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
          Map.entry("thirteen", 13),
          Map.entry("fourteen", 14),
          Map.entry("sixteen", 16),
          Map.entry("eighteen", 18),
          Map.entry("twenty", 20),
          Map.entry("thirty", 30),
          Map.entry("forty", 40),
          Map.entry("fifty", 50),
          Map.entry("sixty", 60),
          Map.entry("ninety", 90));

  private static final Map<String, Integer> FROM_THE_END =
      Map.of("second", 1, "2nd", 1, "third", 2, "3rd", 2, "fourth", 3);

  private static final Set<String> TAKING =
      Set.of(
          "took",
          "taken",
          "take",
          "shot",
          "snapped",
          "captured",
          "made",
          "got",
          "snap",
          "grabbed",
          "saved",
          "received",
          "shoot",
          "photographed",
          "did",
          "clicked",
          "caught");

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

  static boolean isWeekday(String word) {
    return WEEKDAYS.containsKey(word);
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
      case "moment",
          "moments",
          "second",
          "seconds",
          "sec",
          "minute",
          "minutes",
          "mins",
          "min",
          "hour",
          "hours",
          "day",
          "days",
          "week",
          "weeks",
          "month",
          "months",
          "while" ->
          ago(i);
      case "last", "latest", "newest", "recent", "freshest" -> last(i);
      case "newer" -> {
        latest = true;
        use(i, i + 1, "the newer");
      }
      case "older" -> older(i);
      case "previously" -> before(i);
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
      case "midnight" -> {
        part = "night";
        use(i, i + 1, "around midnight");
      }
      case "pm", "am", "o", "oclock" -> clock(i);
      default -> {
        if (DayPart.isNamed(word)) {
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
    for (int j = i + 1; j <= i + 3 && j < words.size() && !isBefore(j); j++) {
      if (TAKING.contains(word(j)) || word(j).equals("now")) {
        justNow = true;
        latest = true;
        use(i, j + 1, "just now");
        return;
      }
    }
    if (i > 0 && TAKING.contains(word(i - 1)) && !isBefore(i + 1)) {
      justNow = true;
      latest = true;
      use(i, i + 1, "just now");
    }
  }

  private boolean isBefore(int i) {
    String word = word(i);
    return word.equals("before") || word.equals("prior") || word.equals("previous");
  }

  /**
   * "two minutes ago", "a moment ago", "an hour and a half ago", "three quarters of an hour ago"
   */
  private void ago(int i) {
    if (word(i).equals("day") && word(i - 1).equals("the") && word(i - 2).equals("of")) {
      day = now.toLocalDate();
      use(i, i + 1, "of the day");
      return;
    }
    int end = i + 1;
    double more = 0;
    if (word(end).equals("and") && word(end + 1).equals("a") && word(end + 2).equals("half")) {
      more = 0.5;
      end += 3;
    } else if (word(end).equals("or") && word(end + 1).equals("so")) {
      end += 2;
    }
    boolean past =
        word(end).equals("ago") || word(end).equals("back") || word(end).equals("earlier");
    boolean within = word(i - 1).equals("last") || word(i - 1).equals("past");
    if (!past) {
      if (within && (word(i).equals("week") || word(i).equals("month"))) {
        lastCalendar(i);
      }
      return;
    }
    Amount amount = amount(i);
    double count = amount.count() + more;
    double spread = amount.spread();
    int from = amount.from();
    if (word(from - 1).equals("and") && unit(word(from - 2)) == HOUR) {
      // "an hour and twenty minutes ago"
      Amount hours = amount(from - 2);
      count += hours.count() * 60;
      from = hours.from();
    }
    while (ABOUT.contains(word(from - 1))) {
      from--;
      spread = Math.max(spread, 0.4);
    }
    long unit = unit(word(i));
    from = Math.max(0, Math.min(from, i));
    if (unit == 0) {
      justNow = true;
      latest = true;
    } else if (unit >= 24 * HOUR && spread > 0.5) {
      long center = Math.round(nowMillis - count * unit);
      long soft = Math.round(spread * count * unit);
      interval = new When.Interval(center - soft, center + soft, soft / 2, false);
    } else if (unit >= 24 * HOUR) {
      day = now.toLocalDate().minusDays(Math.round(count * unit / (24 * HOUR)));
    } else {
      long center = Math.round(nowMillis - count * unit);
      long soft = Math.round(Math.max(20_000, spread * count * unit));
      interval = new When.Interval(center - soft, center + soft, Math.max(1, soft / 2), true);
      if (unit == MINUTE && spread > 0.5) {
        // Some minutes are neither one nor many.
        interval = new When.Interval(nowMillis - 11 * MINUTE, nowMillis - 100_000, MINUTE, false);
      }
      // "a minute ago" is said of anything short.
      if (unit == MINUTE && count == 1) {
        interval = new When.Interval(nowMillis - 5 * MINUTE, nowMillis, MINUTE, false);
        latest = true;
      }
    }
    use(from, end + 1, String.join(" ", words.subList(from, Math.min(words.size(), end + 1))));
  }

  private static final Set<String> ABOUT =
      Set.of(
          "about",
          "around",
          "like",
          "maybe",
          "roughly",
          "approximately",
          "some",
          "good",
          "almost",
          "nearly",
          "perhaps",
          "probably",
          "over");

  /**
   * How many of a unit.
   *
   * @param from the first word that says so
   * @param spread how far off it may be, as a share of it
   */
  private record Amount(double count, double spread, int from) {}

  /** The number before the unit that stands at a place. */
  private Amount amount(int i) {
    int at = i - 1;
    String number = word(at);
    boolean article = number.equals("an") || number.equals("a");
    if (article && word(at - 1).equals("half")) {
      return new Amount(0.5, 0.3, at - 1);
    }
    if (number.equals("half")) {
      boolean and = word(at - 1).equals("a") && word(at - 2).equals("and");
      double whole = and ? number(word(at - 3)) : 0;
      return whole > 0
          ? new Amount(whole + 0.5, 0.3, at - 3)
          : new Amount(0.5, 0.3, word(at - 1).equals("a") ? at - 1 : at);
    }
    if (article && word(at - 1).equals("of") && word(at - 2).startsWith("quarter")) {
      boolean three = word(at - 3).equals("three");
      boolean one = word(at - 3).equals("a");
      return new Amount(three ? 0.75 : 0.25, 0.3, three || one ? at - 3 : at - 2);
    }
    if (number.equals("few") || number.equals("some") || number.equals("several")) {
      return new Amount(4, 0.7, word(at - 1).equals("a") ? at - 1 : at);
    }
    if (number.equals("couple") || number.equals("of") && word(at - 1).equals("couple")) {
      int couple = number.equals("of") ? at - 1 : at;
      return new Amount(2, 0.4, word(couple - 1).equals("a") ? couple - 1 : couple);
    }
    if (number.equals("good") && word(at - 1).equals("a")) {
      return new Amount(1, 0.4, at - 1);
    }
    if (!number.isEmpty() && number.chars().allMatch(Character::isDigit)) {
      return new Amount(number.length() > 4 ? 1000 : Math.min(1000, number(number)), 0.3, at);
    }
    if (NUMBERS.containsKey(number)) {
      int tens = number(word(at - 1));
      int ones = NUMBERS.get(number);
      boolean both = tens >= 20 && tens % 10 == 0 && ones < 10 && !article;
      return new Amount(both ? tens + ones : ones, 0.3, both ? at - 1 : at);
    }
    return new Amount(1, 0.3, i);
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
    interval =
        new When.Interval(millis(from, LocalTime.MIN), millis(to, LocalTime.MIN), 12 * HOUR, false);
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
      int but = ImageWords.isNoun(next) && !next.equals("but") ? i + 2 : i + 1;
      if (word(but).equals("but") && NUMBERS.containsKey(word(but + 1))) {
        before += NUMBERS.get(word(but + 1));
        latest = true;
        use(i, but + 1, "the one before the last");
        return;
      }
      if (next.equals("time")) {
        return;
      }
    }
    // "the second last one", "the second most recent one"
    int ordinal = word(i - 1).equals("most") ? i - 2 : i - 1;
    Integer back = FROM_THE_END.get(word(ordinal));
    if (back != null) {
      before += back;
      latest = true;
      use(ordinal, i + 1, "the one before the last");
      return;
    }
    // "the second to last one" is one before the last.
    if ((word(i - 1).equals("to") || word(i - 1).equals("from"))
        && (FROM_THE_END.containsKey(word(i - 2)) || word(i - 2).equals("next"))) {
      before += FROM_THE_END.getOrDefault(word(i - 2), 1);
      latest = true;
      use(i - 2, i + 1, "the one before the last");
      return;
    }
    int from = word(i - 1).equals("most") || word(i - 1).equals("very") ? i - 1 : i;
    latest = true;
    use(from, i + 1, "the last");
  }

  /** "the older of the last two" is the one before the last. */
  private void older(int i) {
    for (int j = i + 1; j <= i + 4; j++) {
      if (word(j).equals("last") && word(j + 1).equals("two")) {
        before++;
        latest = true;
        use(i, Math.min(words.size(), j + 2), "the one before the last");
        return;
      }
    }
    earliest = true;
    use(i, i + 1, "the first");
  }

  /** "the one before", "before that", "the previous one"; "before lunch" is a time. */
  private void before(int i) {
    String next = word(i + 1);
    if (DayPart.isNamed(next)) {
      DayPart of = DayPart.named(next);
      LocalDate date = now.toLocalDate();
      if (now.toLocalTime().isBefore(of.from())) {
        date = date.minusDays(1);
      }
      long until = millis(date, of.from()) + HOUR;
      interval = new When.Interval(until - 5 * HOUR, until, HOUR / 2, false);
      use(i, i + 2, "before " + next);
      return;
    }
    if (word(i - 1).equals("day") && next.equals("yesterday")) {
      day = now.toLocalDate().minusDays(2);
      use(i - 1, i + 2, "the day before yesterday");
      return;
    }
    boolean night = word(i - 1).equals("night") || word(i - 1).equals("evening");
    if (night && !next.equals("last") && !next.equals("yesterday")) {
      day = now.toLocalDate().minusDays(1);
      part = word(i - 1);
      use(i - 1, i + 1, "last " + part);
      return;
    }
    if (word(i - 1).equals("day") && word(i - 2).equals("the") && next.isEmpty()) {
      day = now.toLocalDate().minusDays(1);
      use(i - 1, i + 1, "yesterday");
      return;
    }
    boolean ends = next.isEmpty() || i + 1 < used.length && used[i + 1];
    if (word(i).equals("before") && word(i - 1).equals("from") && ends) {
      // "my screenshot from before" is an older one, of no order.
      use(i, i + 1, "from before");
      return;
    }
    if (word(i).equals("penultimate")) {
      latest = true;
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
      if (DayPart.isNamed(next)) {
        DayPart of = DayPart.named(next);
        LocalDate date = now.toLocalDate();
        if (now.toLocalTime().isBefore(of.to())) {
          date = date.minusDays(1);
        }
        long since = millis(date, of.to()) - HOUR;
        interval = new When.Interval(since, since + 5 * HOUR, HOUR / 2, false);
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
      interval =
          new When.Interval(nowMillis - 18 * HOUR, nowMillis - 10 * MINUTE, 5 * MINUTE, false);
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
            3 * HOUR,
            false);
    use(last ? i - 1 : i, i + 1, "the weekend");
  }

  /** "at 3 pm", "at three o'clock", "at 10 30 am": the last time that it was so late. */
  private void clock(int i) {
    int at = i - 1;
    int minutes = 0;
    boolean digits = at > 0 && isNumber(word(at)) && isNumber(word(at - 1));
    if (digits) {
      minutes = Math.min(59, number(word(at)));
      at--;
    }
    int hour = number(word(at));
    if (hour < 1 || hour > 24) {
      return;
    }
    boolean afternoon = word(i).equals("pm");
    boolean morning = word(i).equals("am");
    LocalDate date = day == null ? now.toLocalDate() : day;
    long best = Long.MIN_VALUE;
    for (int half : new int[] {0, 12}) {
      int of = hour % 12 + half;
      boolean fits = afternoon ? half == 12 : !morning || half == 0;
      long then = millis(date, LocalTime.of(of, minutes));
      then -= day == null && then > nowMillis ? 24 * HOUR : 0;
      best = fits && then <= nowMillis && then > best ? then : best;
    }
    if (best != Long.MIN_VALUE) {
      interval = new When.Interval(best - HOUR / 3, best + HOUR / 3, HOUR / 3, false);
      day = null;
      use(at, i + 1, String.join(" ", words.subList(at, i + 1)));
    }
  }

  private static boolean isNumber(String word) {
    return number(word) > 0;
  }

  private static int number(String word) {
    if (!word.isEmpty() && word.length() < 5 && word.chars().allMatch(Character::isDigit)) {
      return Integer.parseInt(word);
    }
    return word.startsWith("a") ? 0 : NUMBERS.getOrDefault(word, 0);
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
              millis(date, LocalTime.MIN), millis(date.plusDays(1), LocalTime.MIN), HOUR, false);
      return;
    }
    DayPart of = DayPart.named(part);
    boolean night = of.overnight();
    // Before lunch, "from lunch" is yesterday's.
    if (day == null && now.toLocalTime().isBefore(of.from())) {
      date = date.minusDays(1);
    }
    interval =
        new When.Interval(
            millis(date, of.from()),
            millis(night ? date.plusDays(1) : date, of.to()),
            of.softMillis(),
            false);
  }

  private long millis(LocalDate date, LocalTime time) {
    return date.atTime(time).atZone(now.getZone()).toInstant().toEpochMilli();
  }
}
