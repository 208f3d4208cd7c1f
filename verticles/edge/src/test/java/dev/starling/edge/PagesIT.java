package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PagesIT {
  private static EdgeNode edge;

  @BeforeAll
  static void start(@TempDir Path directory) {
    edge = new EdgeNode(directory, http -> {}, new SampleVerticle());
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  @Test
  void openApi_ofTheCatalog_isValidAndComplete() {
    HttpResponse<String> response = edge.get("/openapi.json");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    SwaggerParseResult parsed = new OpenAPIV3Parser().readContents(response.body());
    assertThat(parsed.getMessages()).isEmpty();
    OpenAPI api = parsed.getOpenAPI();
    assertThat(api.getOpenapi()).isEqualTo("3.1.0");
    assertThat(response.body())
        .as("Swagger UI warns of every dialect but the default one")
        .doesNotContain("jsonSchemaDialect");
    assertThat(api.getPaths())
        .containsOnlyKeys(
            "/v1/ping",
            "/v1/free",
            "/v1/items",
            "/v1/items/{id}",
            "/v1/me",
            "/v1/refused/{refusal}",
            "/v1/never",
            "/v1/slow",
            "/v1/broken",
            "/v1/header");
    assertThat(api.getComponents().getSchemas())
        .containsKeys("Problem", "sample.Item", "sample.Seen");
    assertThat(api.getComponents().getSecuritySchemes()).containsOnlyKeys("bearer");
  }

  @Test
  void openApi_ofAnOperation_turnsItsOutcomesIntoResponses() {
    OpenAPI api = new OpenAPIV3Parser().readContents(edge.get("/openapi.json").body()).getOpenAPI();
    PathItem items = api.getPaths().get("/v1/items");
    Operation create = items.getPost();
    Operation delete = api.getPaths().get("/v1/items/{id}").getDelete();

    assertThat(create.getOperationId()).isEqualTo("sample.create");
    assertThat(create.getResponses().keySet())
        .containsExactlyInAnyOrder(
            "201", "400", "409", "413", "415", "422", "429", "500", "503", "504");
    assertThat(create.getResponses().get("409").get$ref())
        .isEqualTo("#/components/responses/Conflict");
    assertThat(create.getSecurity()).isEmpty();
    assertThat(create.getExtensions()).isNull();
    assertThat(delete.getResponses().keySet()).contains("204", "401", "403");
    assertThat(delete.getSecurity().get(0)).containsKey("bearer");
    assertThat(items.getGet().getParameters().get(0).getName()).isEqualTo("limit");
  }

  @Test
  void openApi_knownTag_isNotModified() {
    String tag = edge.get("/openapi.json").headers().firstValue("etag").orElseThrow();

    assertThat(edge.get("/openapi.json", "if-none-match", tag).statusCode()).isEqualTo(304);
    assertThat(edge.get("/openapi.json", "if-none-match", "\"other\"").statusCode()).isEqualTo(200);
  }

  @Test
  void docs_withSlash_isTheSamePage() {
    assertThat(edge.get("/docs/").body()).isEqualTo(edge.get("/docs").body());
  }

  @Test
  void docs_page_loadsNothingFromElsewhere() {
    HttpResponse<String> page = edge.get("/docs");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("swagger-ui").doesNotContain("://");
    assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
        .startsWith("default-src 'none'; script-src 'self';");
    assertThat(page.headers().firstValue("x-request-id")).isPresent();
    assertThat(edge.get("/docs/docs.js").body()).contains("/openapi.json").doesNotContain("://");
  }

  @ParameterizedTest
  @CsvSource({
    "swagger-ui.css, text/css",
    "swagger-ui-bundle.js, text/javascript",
    "favicon-32x32.png, image/png"
  })
  void docs_asset_isServedFromTheJar(String file, String type) {
    HttpResponse<String> asset = edge.get("/docs/assets/" + file);

    assertThat(asset.statusCode()).isEqualTo(200);
    assertThat(asset.headers().firstValue("content-type").orElseThrow()).startsWith(type);
    assertThat(asset.headers().firstValue("cache-control")).hasValue("public, max-age=86400");
    assertThat(asset.body()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/docs/x",
        "/docs/assets/",
        "/docs/assets/index.html",
        "/docs/assets/swagger-initializer.js",
        "/docs/assets/x/swagger-ui.css",
        "/docsx",
        "/openapi.jsonx"
      })
  void docs_otherPath_isAbsent(String path) {
    HttpResponse<String> response = edge.get(path);

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
  }

  @Test
  void docs_otherMethod_isAbsent() {
    assertThat(edge.post("/docs", "{}").statusCode()).isEqualTo(404);
  }

  @Test
  void head_openApi_hasItsLengthAndNoBody() {
    HttpResponse<String> head = edge.send("HEAD", "/openapi.json", null);

    assertThat(head.body()).isEmpty();
    assertThat(Integer.parseInt(head.headers().firstValue("content-length").orElseThrow()))
        .isEqualTo(edge.get("/openapi.json").body().length());
  }

  @Test
  void docs_switchedOff_areAbsent(@TempDir Path directory) {
    try (EdgeNode bare = new EdgeNode(directory, http -> http.put("docs", false))) {
      assertThat(bare.get("/docs").statusCode()).isEqualTo(404);
      assertThat(bare.get("/openapi.json").statusCode()).isEqualTo(404);
    }
  }
}
