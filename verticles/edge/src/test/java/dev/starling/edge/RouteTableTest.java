package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Priority;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.ServiceRecord;
import dev.starling.sdk.PathTemplate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RouteTableTest {
  private final RouteMatch match = new RouteMatch();

  @Test
  void find_literal_winsOverParameter() {
    RouteTable table = table("GET /users/me", "GET /users/{id}");

    assertThat(find(table, Method.GET, "/users/me")).isEqualTo("GET /users/me []");
    assertThat(find(table, Method.GET, "/users/you")).isEqualTo("GET /users/{id} [you]");
  }

  @Test
  void find_literalThatLeadsNowhere_fallsBackToParameter() {
    RouteTable table = table("GET /a/b/c", "GET /a/{x}/d", "GET /{y}/b/e");

    assertThat(find(table, Method.GET, "/a/b/c")).isEqualTo("GET /a/b/c []");
    assertThat(find(table, Method.GET, "/a/b/d")).isEqualTo("GET /a/{x}/d [b]");
    assertThat(find(table, Method.GET, "/a/b/e")).isEqualTo("GET /{y}/b/e [a]");
    assertThat(find(table, Method.GET, "/a/b/f")).isEqualTo("none");
  }

  @Test
  void find_methodThatTheLiteralLacks_isFoundOnTheParameter() {
    RouteTable table = table("GET /users/me", "DELETE /users/{id}");

    assertThat(find(table, Method.DELETE, "/users/me")).isEqualTo("DELETE /users/{id} [me]");
  }

  @Test
  void find_otherMethod_knowsWhichThereAre() {
    RouteTable table = table("GET /users/me", "DELETE /users/{id}", "PUT /users/{id}");

    assertThat(find(table, Method.POST, "/users/me")).isEqualTo("none");
    assertThat(Method.allow(match.allowed())).isEqualTo("GET, HEAD, PUT, DELETE, OPTIONS");
    assertThat(find(table, Method.POST, "/users")).isEqualTo("none");
    assertThat(match.allowed()).isZero();
  }

  @Test
  void find_head_isAnsweredByGetUnlessThereIsOne() {
    RouteTable table = table("GET /a", "GET /b", "HEAD /b", "POST /c");

    assertThat(find(table, Method.HEAD, "/a")).isEqualTo("GET /a []");
    assertThat(find(table, Method.HEAD, "/b")).isEqualTo("HEAD /b []");
    assertThat(find(table, Method.HEAD, "/c")).isEqualTo("none");
  }

  @Test
  void find_root_isARoute() {
    assertThat(find(table("GET /"), Method.GET, "/")).isEqualTo("GET / []");
    assertThat(find(table("GET /{a}"), Method.GET, "/")).isEqualTo("none");
  }

  @Test
  void find_emptySegment_isNotAParameter() {
    RouteTable table = table("GET /a/{x}", "GET /a/{x}/b");

    assertThat(find(table, Method.GET, "/a/")).isEqualTo("none");
    assertThat(find(table, Method.GET, "/a//b")).isEqualTo("none");
    assertThat(find(table, Method.GET, "//a/x")).isEqualTo("none");
    assertThat(find(table, Method.GET, "/a/x/")).isEqualTo("none");
  }

  @Test
  void find_manyParameters_areCapturedInOrder() {
    String path =
        IntStream.range(0, 20).mapToObj(i -> "/{p" + i + "}").collect(Collectors.joining());
    String values = IntStream.range(0, 20).mapToObj(i -> "/" + i).collect(Collectors.joining());

    find(table("GET " + path), Method.GET, values);

    assertThat(match.parameters(values))
        .isEqualTo(IntStream.range(0, 20).mapToObj(Integer::toString).toList());
  }

  @Test
  void find_partOfALongerText_readsItsRangeOnly() {
    table("GET /a/{x}").find("http://h/a/b?c/d", 8, 12, Method.GET, match);

    assertThat(match.parameters("http://h/a/b?c/d")).containsExactly("b");
  }

  @Test
  void of_sameMethodAndPath_keepsTheFirstInTheAlphabetWhateverTheOrder() {
    ServiceRecord alpha = service("alpha", "GET /a/{x}");
    ServiceRecord beta = service("beta", "GET /a/{y}", "POST /a/{y}");
    RouteTable one = RouteTable.of(List.of(alpha, beta));
    RouteTable other = RouteTable.of(List.of(beta, alpha));

    assertThat(one.conflicts())
        .containsExactly("GET /a/{y} of beta is hidden by GET /a/{x} of alpha")
        .isEqualTo(other.conflicts());
    assertThat(one.routes()).isEqualTo(other.routes()).hasSize(2);
    assertThat(find(other, Method.GET, "/a/1")).isEqualTo("GET /a/{x} [1]");
  }

  @Test
  void of_impossibleOperation_leavesItOutAndSaysWhy() {
    RouteTable table = table("BREW /a", "GET a", "GET /b/{B}", "GET /c");

    assertThat(table.routes()).hasSize(1);
    assertThat(table.conflicts())
        .hasSize(3)
        .anySatisfy(line -> assertThat(line).contains("method BREW (expected: GET, POST"))
        .anySatisfy(line -> assertThat(line).contains("path: a (expected: to begin with /"));
  }

  @Test
  void find_segmentsWithOneHash_areToldApart() {
    // "Aa" and "BB" have the same String.hashCode().
    RouteTable table = table("GET /Aa", "GET /BB", "GET /AaAa", "GET /BBBB");

    assertThat(find(table, Method.GET, "/BB")).isEqualTo("GET /BB []");
    assertThat(find(table, Method.GET, "/BBBB")).isEqualTo("GET /BBBB []");
    assertThat(find(table, Method.GET, "/AaBB")).isEqualTo("none");
  }

  @Test
  void find_randomRoutesAndPaths_agreesWithTryingThemAll() {
    Random random = new Random(20_301);
    for (int round = 0; round < 300; round++) {
      Set<String> shapes = new HashSet<>();
      List<String> declared = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(40); i++) {
        String method = random.nextBoolean() ? "GET" : "PUT";
        String template = randomTemplate(random);
        if (shapes.add(method + template.replaceAll("\\{[^}]*}", "{}"))) {
          declared.add(method + " " + template);
        }
      }
      RouteTable table = table(declared.toArray(String[]::new));
      for (int i = 0; i < 100; i++) {
        Method method = random.nextBoolean() ? Method.GET : Method.PUT;
        String path = randomPath(random);

        assertThat(find(table, method, path))
            .as("%s %s among %s", method, path, declared)
            .isEqualTo(naive(declared, method, path));
      }
    }
  }

  /** The most literal match, compared segment by segment from the left. */
  private static String naive(List<String> declared, Method method, String path) {
    String best = "none";
    String bestRank = null;
    for (String route : declared) {
      String[] parts = route.split(" ");
      @Nullable List<String> values =
          parts[0].equals(method.name()) ? values(PathTemplate.parse(parts[1]), path) : null;
      if (values == null) {
        continue;
      }
      String rank =
          PathTemplate.parse(parts[1]).segments().stream()
              .map(segment -> segment.isParameter() ? "1" : "0")
              .collect(Collectors.joining());
      if (bestRank == null || rank.compareTo(bestRank) < 0) {
        bestRank = rank;
        best = route + " " + values;
      }
    }
    return best;
  }

  private static @Nullable List<String> values(PathTemplate template, String path) {
    String[] segments = path.equals("/") ? new String[0] : path.substring(1).split("/", -1);
    if (segments.length != template.segments().size()) {
      return null;
    }
    List<String> values = new ArrayList<>();
    for (int i = 0; i < segments.length; i++) {
      PathTemplate.Segment expected = template.segments().get(i);
      if (expected.isParameter()) {
        if (segments[i].isEmpty()) {
          return null;
        }
        values.add(segments[i]);
      } else if (!expected.text().equals(segments[i])) {
        return null;
      }
    }
    return values;
  }

  private static String randomTemplate(Random random) {
    StringBuilder template = new StringBuilder();
    for (int i = 0; i < random.nextInt(5); i++) {
      template.append('/').append(random.nextInt(3) == 0 ? "{p" + i + "}" : word(random));
    }
    return template.isEmpty() ? "/" : template.toString();
  }

  private static String randomPath(Random random) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < random.nextInt(5); i++) {
      path.append('/').append(random.nextInt(12) == 0 ? "" : word(random));
    }
    return path.isEmpty() ? "/" : path.toString();
  }

  private static String word(Random random) {
    return List.of("a", "b", "Aa", "BB", "abc").get(random.nextInt(5));
  }

  private String find(RouteTable table, Method method, String path) {
    table.find(path, 0, path.length(), method, match);
    Route route = match.route();
    return route == null
        ? "none"
        : route.operation().method()
            + " "
            + route.operation().path()
            + " "
            + match.parameters(path);
  }

  private static RouteTable table(String... operations) {
    return RouteTable.of(List.of(service("test", operations)));
  }

  static ServiceRecord service(String name, String... operations) {
    return new ServiceRecord(
        name, "1.0.0", Arrays.stream(operations).map(text -> operation(name, text)).toList(), "{}");
  }

  private static OperationRecord operation(String service, String text) {
    String[] parts = text.split(" ");
    return new OperationRecord(
        service + "." + text,
        parts[0],
        parts[1],
        true,
        null,
        Priority.NORMAL,
        true,
        1000,
        0,
        List.of(),
        OperationRecord.Interaction.CALL,
        "{}");
  }
}
