// Package settings is what an operator changes while the server runs. Flags are for what must be known before the first
// request; everything else stands here, with its default, so that an empty table is a good configuration.
package settings
