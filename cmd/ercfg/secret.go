package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/ercfg/ercfg/internal/secret"
)

// maxSecretBytes is the longest secret file that is read: a private key of
// 16,384 bits has 13 KB.
const maxSecretBytes = 64 << 10

// secretReader reads secrets from the environment and from files, so that
// their form can be checked. It never runs a command.
func secretReader(folder string) secret.Reader {
	home, _ := os.UserHomeDir() // without one, ~ is an error of the reference
	return secret.Reader{Dir: folder, Home: home, Getenv: os.LookupEnv, ReadFile: readSecret}
}

// readSecret reads a regular file: opening a pipe or a device can wait for
// ever, and an intent names any path it likes.
func readSecret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("no regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSecretBytes+1))
	if err == nil && len(data) > maxSecretBytes {
		return nil, fmt.Errorf("longer than %d bytes", maxSecretBytes)
	}
	return data, err
}
