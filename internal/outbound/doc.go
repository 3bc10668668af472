// Package outbound is the only way out: one guarded HTTP client for everything that this server fetches or calls because
// somebody outside named a URL: metadata documents, key sets, logos.
//
// Invariants: the address that is dialled is checked, in the dialer, after the name was resolved once; if one of a name's
// addresses is for special use the name is refused; no redirect is followed; no proxy is taken from the environment; the
// port is 443; TLS is 1.2 or later and proves the host; a request ends after at most five seconds, headers and body
// included; bodies are counted after decompression and cut off at the limit; no cookie, credential or Referer leaves. An
// exception is for one exact host and names the addresses that are allowed for it.
//
// Specs: CIMD-02 §5, §8.6; RFC 6890; RFC 9110 §12.5; RFC 9111 §4.3.
package outbound
