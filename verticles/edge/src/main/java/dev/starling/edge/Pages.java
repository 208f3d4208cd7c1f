package dev.starling.edge;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the edge serves besides operations: {@code /openapi.json} and the page at {@code /docs} that
 * shows it. Confined to its event loop.
 *
 * <p>The page is Swagger UI from this jar; its content security policy lets it talk to this host
 * only.
 */
final class Pages {
  private static final String PATH = "/docs";
  private static final String DESCRIPTION = "/openapi.json";
  private static final String ASSETS = PATH + "/assets/";

  /** The rest of the webjar has scripts that load from other hosts, and a page of its own. */
  private static final Set<String> FILES =
      Set.of("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png");

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  private static final String DAY = "public, max-age=86400";
  private static final String ASK = "no-cache";

  private final Catalog catalog;
  private final Router router;
  private @Nullable Exchange current;

  Pages(Vertx vertx, Catalog catalog) {
    this.catalog = catalog;
    this.router = Router.router(vertx);
    Buffer page = resource("docs/index.html");
    Buffer script = resource("docs/docs.js");
    router.route().handler(this::prepare);
    read(DESCRIPTION).handler(this::description);
    read(PATH).handler(context -> send(context, "text/html; charset=utf-8", ASK, page));
    read(PATH + "/docs.js")
        .handler(context -> send(context, "text/javascript; charset=utf-8", ASK, script));
    read(ASSETS + "*")
        .handler(Pages::knownAsset)
        .handler(
            StaticHandler.create("META-INF/resources/webjars/swagger-ui/" + swaggerUiVersion())
                .setDirectoryListing(false)
                .setIncludeHidden(false)
                .setCachingEnabled(false));
    router.route().handler(Pages::absent);
  }

  /** True when the path may be one of these; the answer may still be that there is nothing. */
  boolean has(String path, int from, int to) {
    int length = to - from;
    return path.startsWith(DESCRIPTION, from) && length == DESCRIPTION.length()
        || path.startsWith(PATH, from)
            && (length == PATH.length() || path.charAt(from + PATH.length()) == '/');
  }

  void serve(Exchange exchange) {
    // The router takes a request and nothing else; its first handler runs before handle() returns.
    current = exchange;
    router.handle(exchange.request());
    current = null;
  }

  private void prepare(RoutingContext context) {
    Exchange exchange = current;
    if (exchange == null) {
      throw new IllegalStateException("a page was asked for from elsewhere");
    }
    context.put("exchange", exchange);
    HttpServerResponse response = Answer.begin(exchange, 200);
    response.putHeader("content-security-policy", POLICY);
    response.putHeader("referrer-policy", "no-referrer");
    context.addEndHandler(
        ended -> exchange.pageEnded(response.getStatusCode(), response.bytesWritten()));
    context.next();
  }

  private Route read(String path) {
    return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
  }

  private static void knownAsset(RoutingContext context) {
    if (FILES.contains(context.request().path().substring(ASSETS.length()))) {
      context.response().putHeader(Names.CACHE_CONTROL, DAY);
      context.next();
    } else {
      absent(context);
    }
  }

  private void description(RoutingContext context) {
    Catalog.Snapshot snapshot = catalog.now();
    HttpServerResponse response = context.response();
    response.putHeader("etag", snapshot.openApiTag());
    if (snapshot.openApiTag().equals(context.request().getHeader("if-none-match"))) {
      response.setStatusCode(304).end();
      return;
    }
    send(context, "application/json", ASK, Buffer.buffer(snapshot.openApi()));
  }

  private static void send(RoutingContext context, String type, String caching, Buffer body) {
    HttpServerResponse response = context.response();
    response.putHeader(Names.CONTENT_TYPE, type);
    response.putHeader(Names.CACHE_CONTROL, caching);
    response.putHeader(Names.CONTENT_LENGTH, Integer.toString(body.length()));
    if (context.request().method() == HttpMethod.HEAD) {
      context.end();
    } else {
      context.end(body);
    }
  }

  private static void absent(RoutingContext context) {
    Exchange exchange = context.get("exchange");
    exchange.refuse(EdgeRefusal.NO_ROUTE, "no operation has this path");
  }

  private static Buffer resource(String name) {
    try (InputStream in = Pages.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the edge's jar");
      }
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String swaggerUiVersion() {
    Properties properties = new Properties();
    try (InputStream in =
        Pages.class.getResourceAsStream("/META-INF/maven/org.webjars/swagger-ui/pom.properties")) {
      if (in == null) {
        throw new IllegalStateException("swagger-ui is missing from the class path");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }
}
