"""The FastAPI peer of the request-path benchmark: authenticate, take a permit, answer with the caller's user."""

import time
from http import HTTPStatus
from typing import Annotated, NamedTuple

from fastapi import Depends, FastAPI, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from job import (
    InvalidToken,
    Principal,
    Settings,
    TokenBuckets,
    bearer_token,
    load_users,
    token_verifier,
)

settings = Settings.from_environment()
users = load_users(settings.users_file)
verify = token_verifier(settings)
buckets = TokenBuckets(settings.quota, settings.window_seconds)

app = FastAPI(openapi_url=None)


class Pong(BaseModel):
    message: str


class Refusal(Exception):
    def __init__(self, status: HTTPStatus, detail: str, headers: dict[str, str]) -> None:
        self.status = status
        self.detail = detail
        self.headers = headers


class Admitted(NamedTuple):
    subject: str
    headers: dict[str, str]


@app.exception_handler(Refusal)
async def problem(request: Request, refusal: Refusal) -> JSONResponse:
    return JSONResponse(
        {
            "type": "about:blank",
            "title": refusal.status.phrase,
            "status": refusal.status.value,
            "detail": refusal.detail,
        },
        status_code=refusal.status,
        headers=refusal.headers,
        media_type="application/problem+json",
    )


async def authenticated(authorization: Annotated[str | None, Header()] = None) -> Principal:
    token = bearer_token(authorization)
    if token is None:
        raise Refusal(
            HTTPStatus.UNAUTHORIZED, "a bearer access token is required", {"WWW-Authenticate": "Bearer"}
        )
    try:
        return verify(token)
    except InvalidToken:
        raise Refusal(
            HTTPStatus.UNAUTHORIZED,
            "the access token is not valid",
            {"WWW-Authenticate": 'Bearer error="invalid_token"'},
        ) from None


async def limited(caller: Annotated[Principal, Depends(authenticated)]) -> Admitted:
    permit = buckets.take(caller.subject, time.monotonic())
    headers = {"RateLimit-Policy": buckets.policy, "RateLimit": permit.header()}
    if not permit.granted:
        headers["Retry-After"] = str(permit.retry_after)
        raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, "the rate limit is exhausted", headers)
    return Admitted(caller.subject, headers)


@app.get("/v1/ping")
async def ping() -> Pong:
    return Pong(message="pong")


@app.get("/v1/users/me")
async def current_user(caller: Annotated[Admitted, Depends(limited)]) -> Response:
    user = users.get(caller.subject)
    if user is None:
        raise Refusal(HTTPStatus.NOT_FOUND, "no user has this id", caller.headers)
    return Response(user, headers=caller.headers, media_type="application/json")
