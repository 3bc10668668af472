// Package leak runs every flow that issues a secret, dumps the database and the log, and finds none of the secrets in them.
package leak
