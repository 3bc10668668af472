// Command clientele is a self-hosted authorization server: OAuth 2.0 and OpenID Connect in one binary.
package main

import (
	"os"

	"clientele/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
