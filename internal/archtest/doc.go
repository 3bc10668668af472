// Package archtest holds the tests that keep the shape of the whole: who may import whom, which libraries and words stay in
// which room, which specifications are cited, and that flags and documentation agree. It has no code of its own.
package archtest
