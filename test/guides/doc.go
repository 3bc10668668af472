// Package guides runs the code of the quick start as a person would copy it: from the page of an application of this server,
// with the values that stand there.
//
//	programs_test.go   programs that sign in a person or get tokens for themselves, from the page to the end of the flow
//	syntax_test.go     what cannot run here: compiled, bundled or parsed by the tool of its language
//	page_test.go       the page, the person, the programs
//
// gomodule names the Go modules that the guides install, as package.json beside it names the packages for Node.
// Swift, Kotlin, C#, Java and YAML have no tool on a plain machine; of those only the values are tested, with the dashboard.
package guides
