// Package audit describes what happened. A change event stands in the transaction of its change; a use event goes through
// a bounded batch. Nothing here stores anything: the store does.
package audit
