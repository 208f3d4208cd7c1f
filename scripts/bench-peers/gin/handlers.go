package main

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

const subjectKey = "subject"

// problem is an RFC 9457 body.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

type pong struct {
	Message string `json:"message"`
}

func ping(c *gin.Context) {
	c.JSON(http.StatusOK, pong{Message: "pong"})
}

func authenticate(verifier tokenVerifier) gin.HandlerFunc {
	return func(c *gin.Context) {
		token, ok := bearerToken(c.GetHeader("Authorization"))
		if !ok {
			c.Header("WWW-Authenticate", "Bearer")
			refuse(c, http.StatusUnauthorized, "a bearer access token is required")
			return
		}
		caller, err := verifier.verify(token)
		if err != nil {
			c.Header("WWW-Authenticate", `Bearer error="invalid_token"`)
			refuse(c, http.StatusUnauthorized, "the access token is not valid")
			return
		}
		c.Set(subjectKey, caller.subject)
	}
}

func bearerToken(authorization string) (string, bool) {
	const scheme = "Bearer "
	if len(authorization) <= len(scheme) || !strings.EqualFold(authorization[:len(scheme)], scheme) {
		return "", false
	}
	return authorization[len(scheme):], true
}

func limit(buckets *bucketTable) gin.HandlerFunc {
	return func(c *gin.Context) {
		taken := buckets.take(c.GetString(subjectKey), time.Now())
		// Assigned, not Set: net/http would spell the names Ratelimit and spend an allocation on it.
		header := c.Writer.Header()
		header["RateLimit-Policy"] = buckets.policy
		header["RateLimit"] = []string{taken.header()}
		if !taken.granted {
			c.Header("Retry-After", strconv.FormatInt(taken.retryAfter, 10))
			refuse(c, http.StatusTooManyRequests, "the rate limit is exhausted")
		}
	}
}

func currentUser(users map[string][]byte) gin.HandlerFunc {
	return func(c *gin.Context) {
		found, ok := users[c.GetString(subjectKey)]
		if !ok {
			refuse(c, http.StatusNotFound, "no user has this id")
			return
		}
		c.Data(http.StatusOK, "application/json; charset=utf-8", found)
	}
}

func refuse(c *gin.Context, status int, detail string) {
	c.Header("Content-Type", "application/problem+json")
	c.AbortWithStatusJSON(status, problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail,
	})
}
