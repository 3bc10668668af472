// Package durability kills the real server with SIGKILL in the middle of writes, again and again, and counts: what was
// acknowledged is there after the restart, what was deleted stays deleted, and the record of changes has no gap.
package durability
