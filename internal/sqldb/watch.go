package sqldb

import "context"

type watcherKey struct{}

// Watch returns a context under which see is told of every statement before it runs: for tests, which hold pages to a number of
// statements. What begins and ends a transaction is not told.
func Watch(ctx context.Context, see func(text string)) context.Context {
	return context.WithValue(ctx, watcherKey{}, see)
}

func watched(ctx context.Context, text string) {
	if see, ok := ctx.Value(watcherKey{}).(func(string)); ok {
		see(text)
	}
}
