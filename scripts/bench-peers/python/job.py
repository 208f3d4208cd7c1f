"""What both Python peers do, free of either framework: settings, users, access tokens and token buckets."""

import csv
import json
import math
import os
import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Callable, NamedTuple

import jwt

ISSUER = AUDIENCE = "starling"
TOKEN_TYPE = "at+jwt"


class InvalidToken(Exception):
    """The token must not be accepted; its text is for logs, never for the caller."""


class Principal(NamedTuple):
    subject: str
    expires_at: int  # seconds since the epoch


class Permit(NamedTuple):
    granted: bool
    remaining: int
    full_in: int  # seconds until the bucket is full again
    retry_after: int  # seconds, 0 when granted

    def header(self) -> str:
        return f'"requests";r={self.remaining};t={self.full_in}'


@dataclass(frozen=True)
class Settings:
    secret: str
    users_file: str
    cache_tokens: bool
    cache_size: int
    quota: int
    window_seconds: int

    @staticmethod
    def from_environment() -> "Settings":
        secret = _text("JWT_SECRET")
        if len(secret) < 32:
            raise ValueError(f"JWT_SECRET: {len(secret)} bytes (expected: at least 32)")
        cache = _text("TOKEN_CACHE")
        if cache not in ("0", "1"):
            raise ValueError(f"TOKEN_CACHE: {cache!r} (expected: 0 or 1)")
        return Settings(
            secret=secret,
            users_file=_text("USERS_FILE"),
            cache_tokens=cache == "1",
            cache_size=_positive("TOKEN_CACHE_SIZE"),
            quota=_positive("RATE_LIMIT_QUOTA"),
            window_seconds=_positive("RATE_LIMIT_WINDOW_SECONDS"),
        )


def load_users(path: str) -> dict[str, bytes]:
    """Users as JSON by id: encoded once, as Starling's near-cache keeps them."""
    with open(path, newline="", encoding="utf-8") as file:
        return {
            row["id"]: json.dumps(row, separators=(",", ":")).encode() for row in csv.DictReader(file)
        }


def token_verifier(settings: Settings) -> Callable[[str], Principal]:
    """Checks signature (constant time, by PyJWT), algorithm, typ, iss, aud and exp.

    With the cache, the most recently used verified tokens are remembered under the whole token, and only
    their expiry is checked again; failures are never remembered.
    """

    options = {"require": ["exp", "iss", "aud", "sub"]}

    def verify(token: str) -> Principal:
        try:
            decoded = jwt.decode_complete(
                token,
                settings.secret,
                algorithms=["HS256"],
                issuer=ISSUER,
                audience=AUDIENCE,
                options=options,
            )
        except jwt.InvalidTokenError as error:
            raise InvalidToken(str(error)) from error
        if decoded["header"].get("typ") != TOKEN_TYPE:
            raise InvalidToken("typ is not at+jwt")
        claims = decoded["payload"]
        return Principal(claims["sub"], int(claims["exp"]))

    if not settings.cache_tokens:
        return verify

    remembered = lru_cache(maxsize=settings.cache_size)(verify)

    def verify_once(token: str) -> Principal:
        principal = remembered(token)
        if principal.expires_at <= time.time():
            raise InvalidToken("token has expired")
        return principal

    return verify_once


class TokenBuckets:
    """One token bucket per consumer. Safe for concurrent use."""

    def __init__(self, quota: int, window_seconds: int) -> None:
        self._capacity = float(quota)
        self._per_second = quota / window_seconds
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}  # permits, when they were counted
        self.policy = f'"requests";q={quota};w={window_seconds}'

    def take(self, consumer: str, now: float) -> Permit:
        with self._lock:
            permits, counted = self._buckets.get(consumer, (self._capacity, now))
            permits = min(self._capacity, permits + max(0.0, now - counted) * self._per_second)
            granted = permits >= 1
            if granted:
                permits -= 1
            self._buckets[consumer] = (permits, now)
        return Permit(
            granted,
            int(permits),
            math.ceil((self._capacity - permits) / self._per_second),
            0 if granted else math.ceil((1 - permits) / self._per_second),
        )


def bearer_token(authorization: str | None) -> str | None:
    if authorization is None:
        return None
    scheme, _, token = authorization.partition(" ")
    return token if token and scheme.lower() == "bearer" else None


def _text(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ValueError(f"{name}: not set")
    return value


def _positive(name: str) -> int:
    value = _text(name)
    if not value.isdigit() or int(value) == 0:
        raise ValueError(f"{name}: {value!r} (expected: an integer > 0)")
    return int(value)
