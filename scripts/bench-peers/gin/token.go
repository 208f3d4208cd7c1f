package main

import (
	"errors"
	"time"

	"github.com/golang-jwt/jwt/v5"
	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	issuer    = "starling"
	audience  = "starling"
	tokenType = "at+jwt"
)

var (
	errTokenType = errors.New("typ is not at+jwt")
	errSubject   = errors.New("sub is missing")
	errExpired   = errors.New("token has expired")
)

// principal is what a verified token says; a cached one must still be compared with the clock.
type principal struct {
	subject   string
	expiresAt time.Time
}

// tokenVerifier turns a compact JWT into its principal. Safe for concurrent use.
type tokenVerifier interface {
	verify(token string) (principal, error)
}

// signatureVerifier checks signature (constant time, by golang-jwt), algorithm, typ, iss, aud and exp.
type signatureVerifier struct {
	parser *jwt.Parser
	secret []byte
}

func newSignatureVerifier(secret []byte) *signatureVerifier {
	return &signatureVerifier{
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
			jwt.WithIssuer(issuer),
			jwt.WithAudience(audience),
			jwt.WithExpirationRequired(),
		),
		secret: secret,
	}
}

func (v *signatureVerifier) verify(token string) (principal, error) {
	var claims jwt.RegisteredClaims
	parsed, err := v.parser.ParseWithClaims(token, &claims, v.key)
	if err != nil {
		return principal{}, err
	}
	if parsed.Header["typ"] != tokenType {
		return principal{}, errTokenType
	}
	if claims.Subject == "" {
		return principal{}, errSubject
	}
	return principal{subject: claims.Subject, expiresAt: claims.ExpiresAt.Time}, nil
}

func (v *signatureVerifier) key(*jwt.Token) (any, error) {
	return v.secret, nil
}

// cachedVerifier remembers the most recently used verified tokens, whole token as key; it stores no failure.
type cachedVerifier struct {
	every    tokenVerifier
	verified *lru.Cache[string, principal]
}

func newCachedVerifier(every tokenVerifier, size int) (*cachedVerifier, error) {
	verified, err := lru.New[string, principal](size)
	if err != nil {
		return nil, err
	}
	return &cachedVerifier{every: every, verified: verified}, nil
}

func (v *cachedVerifier) verify(token string) (principal, error) {
	if known, hit := v.verified.Get(token); hit {
		if !time.Now().Before(known.expiresAt) {
			v.verified.Remove(token)
			return principal{}, errExpired
		}
		return known, nil
	}
	fresh, err := v.every.verify(token)
	if err == nil {
		v.verified.Add(token, fresh)
	}
	return fresh, err
}
