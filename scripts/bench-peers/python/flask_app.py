"""The Flask peer of the request-path benchmark: authenticate, take a permit, answer with the caller's user."""

import json
import time
from http import HTTPStatus

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from job import InvalidToken, Settings, TokenBuckets, bearer_token, load_users, token_verifier

settings = Settings.from_environment()
users = load_users(settings.users_file)
verify = token_verifier(settings)
buckets = TokenBuckets(settings.quota, settings.window_seconds)

app = Flask(__name__)


def problem(status: HTTPStatus, detail: str, headers: dict[str, str]) -> Response:
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return Response(json.dumps(body), status, headers, content_type="application/problem+json")


@app.errorhandler(HTTPException)
def refused(error: HTTPException) -> Response:
    return problem(HTTPStatus(error.code), error.description, {})


@app.get("/v1/ping")
def ping() -> Response:
    return jsonify(message="pong")


@app.get("/v1/users/me")
def current_user() -> Response:
    token = bearer_token(request.headers.get("Authorization"))
    if token is None:
        return problem(
            HTTPStatus.UNAUTHORIZED, "a bearer access token is required", {"WWW-Authenticate": "Bearer"}
        )
    try:
        caller = verify(token)
    except InvalidToken:
        return problem(
            HTTPStatus.UNAUTHORIZED,
            "the access token is not valid",
            {"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    permit = buckets.take(caller.subject, time.monotonic())
    headers = {"RateLimit-Policy": buckets.policy, "RateLimit": permit.header()}
    if not permit.granted:
        headers["Retry-After"] = str(permit.retry_after)
        return problem(HTTPStatus.TOO_MANY_REQUESTS, "the rate limit is exhausted", headers)
    user = users.get(caller.subject)
    if user is None:
        return problem(HTTPStatus.NOT_FOUND, "no user has this id", headers)
    return Response(user, HTTPStatus.OK, headers, content_type="application/json")
