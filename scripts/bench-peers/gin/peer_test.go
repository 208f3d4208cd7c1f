package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

var secret = []byte("0123456789abcdef0123456789abcdef")

func signed(t *testing.T, typ string, change func(jwt.MapClaims)) string {
	t.Helper()
	claims := jwt.MapClaims{
		"iss": issuer, "aud": audience, "sub": "u1", "jti": "1",
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	}
	change(claims)
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
	token.Header["typ"] = typ
	text, err := token.SignedString(secret)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func unchanged(jwt.MapClaims) {}

func answer(t *testing.T, quota int64, cached bool, path, token string, times int) *httptest.ResponseRecorder {
	t.Helper()
	verifier, err := newVerifier(config{secret: secret, cacheTokens: cached, cacheSize: 8})
	if err != nil {
		t.Fatal(err)
	}
	users := map[string][]byte{"u1": []byte(`{"id":"u1","email":"a@example.com","name":"A","created_at":"2026-01-01T00:00:00Z"}`)}
	router := newRouter(verifier, newBucketTable(quota, time.Hour), users)
	var recorder *httptest.ResponseRecorder
	for range times {
		recorder = httptest.NewRecorder()
		request := httptest.NewRequest(http.MethodGet, path, nil)
		request.Header.Set("Authorization", "Bearer "+token)
		router.ServeHTTP(recorder, request)
	}
	return recorder
}

func TestUsersMe_validToken_answersUserAndSpendsPermit(t *testing.T) {
	for _, cached := range []bool{false, true} {
		got := answer(t, 10, cached, "/v1/users/me", signed(t, tokenType, unchanged), 3)
		var body user
		if err := json.Unmarshal(got.Body.Bytes(), &body); err != nil || body.ID != "u1" || got.Code != 200 {
			t.Fatalf("cached %t: %d %s", cached, got.Code, got.Body)
		}
		if limit := got.Header()["RateLimit"][0]; limit != `"requests";r=7;t=1080` {
			t.Fatalf("RateLimit: %s", limit)
		}
		if policy := got.Header()["RateLimit-Policy"][0]; policy != `"requests";q=10;w=3600` {
			t.Fatalf("RateLimit-Policy: %s", policy)
		}
	}
}

func TestUsersMe_badToken_isRefused(t *testing.T) {
	valid := signed(t, tokenType, unchanged)
	bad := map[string]string{
		"signature": valid[:len(valid)-2] + "AA",
		"typ":       signed(t, "JWT", unchanged),
		"issuer":    signed(t, tokenType, func(c jwt.MapClaims) { c["iss"] = "other" }),
		"audience":  signed(t, tokenType, func(c jwt.MapClaims) { c["aud"] = "other" }),
		"expired":   signed(t, tokenType, func(c jwt.MapClaims) { c["exp"] = time.Now().Add(-time.Hour).Unix() }),
		"no expiry": signed(t, tokenType, func(c jwt.MapClaims) { delete(c, "exp") }),
		"subject":   signed(t, tokenType, func(c jwt.MapClaims) { delete(c, "sub") }),
		"malformed": "not-a-token",
		"empty":     "",
	}
	for name, token := range bad {
		for _, cached := range []bool{false, true} {
			got := answer(t, 10, cached, "/v1/users/me", token, 2)
			if got.Code != 401 || got.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s, cached %t: %d %s", name, cached, got.Code, got.Header())
			}
		}
	}
}

func TestUsersMe_exhaustedBucket_isLimited(t *testing.T) {
	got := answer(t, 2, false, "/v1/users/me", signed(t, tokenType, unchanged), 3)
	if got.Code != 429 || got.Header().Get("Retry-After") != "1800" {
		t.Fatalf("%d %s", got.Code, got.Header())
	}
}

func TestCachedVerifier_tokenExpiresWhileCached_isRefused(t *testing.T) {
	verifier, err := newCachedVerifier(newSignatureVerifier(secret), 8)
	if err != nil {
		t.Fatal(err)
	}
	token := signed(t, tokenType, unchanged)
	verifier.verified.Add(token, principal{subject: "u1", expiresAt: time.Now().Add(-time.Second)})
	if _, err := verifier.verify(token); err != errExpired {
		t.Fatalf("got %v", err)
	}
}
