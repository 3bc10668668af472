package cli

import "runtime/debug"

// VersionCmd prints the version.
type VersionCmd struct{}

// Run prints what the build recorded.
func (c *VersionCmd) Run(out *Output) error {
	out.Printf("clientele %s\n", version())
	return nil
}

// version is the module version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	found := info.Main.Version
	var commit, dirty string
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+changes"
		}
	}
	switch {
	case found != "" && found != "(devel)":
		return found
	case commit != "":
		return "development " + commit + dirty
	}
	return "development"
}
