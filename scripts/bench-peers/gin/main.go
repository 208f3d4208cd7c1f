// Command gin is the Gin peer of the request-path benchmark: it verifies an HS256 access token, takes a
// permit from the caller's token bucket and answers with the caller's user record.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/gin-gonic/gin"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gin peer:", err)
		os.Exit(1)
	}
}

func run() error {
	config, err := configFromEnvironment()
	if err != nil {
		return err
	}
	users, err := loadUsers(config.usersFile)
	if err != nil {
		return err
	}
	verifier, err := newVerifier(config)
	if err != nil {
		return err
	}
	server := &http.Server{
		Addr:              config.listen,
		Handler:           newRouter(verifier, newBucketTable(config.quota, config.window), users),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	select {
	case err := <-failed:
		return err
	case <-stop.Done():
		grace, release := context.WithTimeout(context.Background(), 5*time.Second)
		defer release()
		if err := server.Shutdown(grace); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		return nil
	}
}

func newVerifier(config config) (tokenVerifier, error) {
	every := newSignatureVerifier(config.secret)
	if !config.cacheTokens {
		return every, nil
	}
	return newCachedVerifier(every, config.cacheSize)
}

func newRouter(verifier tokenVerifier, buckets *bucketTable, users map[string][]byte) *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.GET("/v1/ping", ping)
	router.GET("/v1/users/me", authenticate(verifier), limit(buckets), currentUser(users))
	return router
}
