// Command clientele is a self-hosted authorization server.
package main

func main() {}
