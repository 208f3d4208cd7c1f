package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"
)

// config is what the benchmark script passes in the environment.
type config struct {
	listen      string
	usersFile   string
	secret      []byte
	cacheTokens bool
	cacheSize   int
	quota       int64
	window      time.Duration
}

func configFromEnvironment() (config, error) {
	cacheTokens, cacheErr := switchFrom("TOKEN_CACHE")
	cacheSize, sizeErr := positiveFrom("TOKEN_CACHE_SIZE")
	quota, quotaErr := positiveFrom("RATE_LIMIT_QUOTA")
	window, windowErr := positiveFrom("RATE_LIMIT_WINDOW_SECONDS")
	listen, listenErr := textFrom("LISTEN")
	usersFile, usersErr := textFrom("USERS_FILE")
	secret, secretErr := textFrom("JWT_SECRET")
	if secretErr == nil && len(secret) < 32 {
		secretErr = fmt.Errorf("JWT_SECRET: %d bytes (expected: at least 32)", len(secret))
	}
	err := errors.Join(cacheErr, sizeErr, quotaErr, windowErr, listenErr, usersErr, secretErr)
	return config{
		listen:      listen,
		usersFile:   usersFile,
		secret:      []byte(secret),
		cacheTokens: cacheTokens,
		cacheSize:   int(cacheSize),
		quota:       quota,
		window:      time.Duration(window) * time.Second,
	}, err
}

func textFrom(name string) (string, error) {
	value := os.Getenv(name)
	if value == "" {
		return "", fmt.Errorf("%s: not set", name)
	}
	return value, nil
}

func positiveFrom(name string) (int64, error) {
	value, err := strconv.ParseInt(os.Getenv(name), 10, 64)
	if err != nil || value <= 0 {
		return 0, fmt.Errorf("%s: %q (expected: an integer > 0)", name, os.Getenv(name))
	}
	return value, nil
}

func switchFrom(name string) (bool, error) {
	switch value := os.Getenv(name); value {
	case "0":
		return false, nil
	case "1":
		return true, nil
	default:
		return false, fmt.Errorf("%s: %q (expected: 0 or 1)", name, value)
	}
}
