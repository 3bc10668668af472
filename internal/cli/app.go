package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands is the whole command line. Each verb is a struct with a Run method; kong gives Run what it asks for of
// context.Context, *Globals and *Output.
type commands struct {
	Globals

	Serve     ServeCmd     `cmd:"" help:"Start the server."`
	Migrate   MigrateCmd   `cmd:"" help:"Bring the database to this program's schema, without starting the server."`
	SetupLink SetupLinkCmd `cmd:"" help:"Print a new one-time link that makes the first operator."`
	Apps      AppsCmd      `cmd:"" help:"Applications."`
	CIMD      CIMDCmd      `cmd:"" name:"cimd" help:"Applications that are known by a URL: who is let in, and why not."`
	APIs      APIsCmd      `cmd:"" name:"apis" help:"APIs, which accept tokens of this server."`
	Grants    GrantsCmd    `cmd:"" help:"Client grants: which application may call which API."`
	Users     UsersCmd     `cmd:"" help:"Users and operators."`
	Settings  SettingsCmd  `cmd:"" help:"What can be changed while the server runs."`
	Keys      KeysCmd      `cmd:"" help:"Signing keys and the master key."`
	Version   VersionCmd   `cmd:"" help:"Print the version."`
}

// Output is where a verb reads and writes.
type Output struct {
	In  io.Reader
	Out io.Writer // what was asked for
	Err io.Writer // everything else
}

// Printf writes to Out.
func (o *Output) Printf(format string, args ...any) { fmt.Fprintf(o.Out, format, args...) }

// Notef writes to Err: for people, not for pipes.
func (o *Output) Notef(format string, args ...any) { fmt.Fprintf(o.Err, format, args...) }

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitAbsent = 3
)

// Main runs the command line and returns the exit code. An interrupt ends what is running in good order.
func Main(args []string, in io.Reader, out, errs io.Writer) int {
	ownFiles()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, args, &Output{In: in, Out: out, Err: errs})
}

func run(ctx context.Context, args []string, o *Output) (code int) {
	var c commands
	c.Globals.warnings = o.Err
	exited := false
	parser, err := kong.New(&c,
		kong.Name("clientele"),
		kong.Description("A self-hosted authorization server: OAuth 2.0 and OpenID Connect, a dashboard, and Auth0's Management API."),
		kong.Writers(o.Out, o.Err),
		kong.Exit(func(status int) { exited, code = true, status; panic(exit{}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
		kong.Bind(&c.Globals, o),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		o.Notef("clientele: %v\n", err)
		return exitUsage
	}
	defer func() {
		if cause := recover(); cause != nil && !exited {
			panic(cause)
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		o.Notef("clientele: %s\n", wrongUsage(args, err))
		return exitUsage
	}
	if err := parsed.Run(); err != nil && !errors.Is(err, context.Canceled) {
		o.Notef("clientele: %s\n", explain(err))
		var usage usageError
		switch {
		case errors.As(err, &usage):
			return exitUsage
		case missing(err):
			return exitAbsent
		}
		return exitFailed
	}
	return exitDone
}

// exit unwinds from kong's help.
type exit struct{}

// usageError is a refusal of the command line itself.
type usageError struct{ error }

// Usagef makes an error that ends the program with the exit code for wrong usage.
func Usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }
