// Package strictjson is the one reader of JSON that comes from outside: request bodies, metadata documents, key sets and
// tokens. What two readers could understand differently is refused instead of being read one way.
//
// Invariants, each with a test of its name:
//
//	no member twice in an object, also when one of the two is spelled with escapes
//	member names are compared exactly; a name that differs from a known one only by case is refused
//	UTF-8 throughout: no byte order mark, no invalid bytes, no lone surrogate escapes, no U+0000
//	one value and nothing after it; a cap on bytes, depth, members and elements
//	numbers that fit nowhere are refused, and none is rounded on the way to an integer
//
// RFC 8259, RFC 7493 (I-JSON) §2.
package strictjson
