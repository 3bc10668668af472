package cli

// CIMDCmd is the verbs for applications that are known by the URL of their metadata document.
type CIMDCmd struct {
	Mode    CIMDModeCmd    `cmd:"" help:"Show or set what becomes of client URLs that nobody imported."`
	Rules   CIMDRulesCmd   `cmd:"" help:"Rules that let client URLs in or keep them out."`
	Queue   CIMDQueueCmd   `cmd:"" help:"List clients that wait for an operator."`
	Approve CIMDApproveCmd `cmd:"" help:"Let a waiting client in."`
	Deny    CIMDDenyCmd    `cmd:"" help:"Refuse a waiting client, and keep it out if you say so."`
	Trace   CIMDTraceCmd   `cmd:"" help:"Explain why a client was refused, by the reference the person was shown."`
	Lint    CIMDLintCmd    `cmd:"" help:"Run the checklist over a metadata document, for those who publish one."`
}
