package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// unexpected is how kong begins when a word belongs to nothing.
const unexpected = "unexpected argument "

// wrongUsage says what is wrong with args, what was meant if that can be told, and where the help is.
func wrongUsage(args []string, err error) string {
	message, verb := err.Error(), "clientele "
	parsed, ok := errors.AsType[*kong.ParseError](err)
	if !ok || parsed.Context == nil {
		return message + "\nTry: " + verb + "--help"
	}
	node := parsed.Context.Model.Node
	for _, step := range parsed.Context.Path {
		if step.Command != nil {
			node = step.Command
			verb += node.Name + " "
		}
	}
	if word, found := strings.CutPrefix(message, unexpected); found && !strings.Contains(message, "did you mean") {
		message = unexpected + quoted(word)
		if meant := meant(args, word, node); meant != "" {
			message += ", did you mean " + meant + "?"
		}
	}
	return message + "\nTry: " + verb + "--help"
}

// meant is what word was likely to be part of: a value of several words without quotes, or a name without its flag.
func meant(args []string, word string, node *kong.Node) string {
	at := slices.Index(args, word)
	if at < 0 {
		return ""
	}
	end := at
	for end < len(args) && !strings.HasPrefix(args[end], "-") {
		end++
	}
	before := slices.Clone(args[:at])
	words := strings.Join(args[at:end], " ")
	switch last := len(before) - 1; {
	case last > 0 && strings.HasPrefix(before[last-1], "--") && !strings.Contains(before[last-1], "="):
		return before[last-1] + " " + quoted(before[last]+" "+words)
	case last >= 0 && strings.HasPrefix(before[last], "--") && strings.Contains(before[last], "="):
		name, value, _ := strings.Cut(before[last], "=")
		return name + " " + quoted(value+" "+words)
	case named(node) && !slices.Contains(args, "--name"):
		return "--name " + quoted(words)
	case last >= 0 && before[last] != node.Name && !strings.HasPrefix(before[last], "-") && len(node.Positional) > 0:
		return quoted(before[last] + " " + words)
	}
	return ""
}

// named reports whether the verb has the flag --name, and no place for a word.
func named(node *kong.Node) bool {
	return len(node.Positional) == 0 && slices.ContainsFunc(node.Flags, func(f *kong.Flag) bool { return f.Name == "name" })
}

// quoted is s as a shell takes it for one word.
func quoted(s string) string {
	switch {
	case s != "" && !strings.ContainsAny(s, " \t\n\"'$`\\&|;<>()*?[]#~!{}"):
		return s
	case strings.ContainsAny(s, "\"$`\\!"):
		return "'" + strings.ReplaceAll(oneLine(s), "'", `'\''`) + "'"
	}
	return `"` + oneLine(s) + `"`
}
