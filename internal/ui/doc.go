// Package ui is what every page shares: the look, the layout and the components. It knows no noun of ours; a page hands it
// plain values.
//
// Two layouts: AuthPage (one centred card: sign-in, consent, set-up, errors) and Frame (the dashboard). Containers are
// templ functions with children; leaves are structs that are components themselves:
//
//	@ui.AuthPage("Sign in", "to continue to Orders web") {
//		@ui.Form("/signin") {
//			@ui.Alert{Kind: ui.Danger, Text: "…"}
//			@ui.Field{Name: "email", Label: "E-mail address", Type: "email", Error: errs["email"]}
//			@ui.Button{Label: "Sign in", Kind: ui.Primary, Wide: true}
//		}
//	}
//
// A page is answered with Site.Write, which sets the security headers, puts the Site where components find it, and buffers,
// so that a failing page never sends half of itself. Links and form actions are written as root paths; components put the
// path of the issuer in front of them.
//
//	containers  AuthPage Frame PageHead Form FormNamed Section Card Table AlertBox Empty Halt
//	            Disclosure Actions KeyValues Timeline Filters Stats Dialog
//	leaves      Button LinkButton Field TextArea Select Check RadioCards RadioList Alert Badge Code ID Copy Time Icon TypeGlyph
//	            Pager SearchBox SaveBar SecretOnce Tabs ErrorPage FormPost
//	            VerdictTable Diff Problem Report Facts TwoWays
//	            Menu DialogLink Confirm Toast Skeleton Stat Progress BulkBar TickCell
//
// Routes, mounted by Mount:
//
//	GET  /ui/{hash}/{file}        stylesheet, modules, icons: cached for ever, because the name changes with the content
//	GET  /ui/{hash}/accent.css    the instance's accent colour, made readable on light and dark
//	POST /ui/theme                light, dark or as the device says; kept in a cookie
//	GET  /styleguide              every component in every state
//
// Pages and assets are compressed, but no page into which another site could put words: see mayZip.
//
// Invariants: no inline script or style anywhere, so the Content-Security-Policy needs no exception; every page works without
// script; colours stand in one table, and a test holds each text colour against each ground it may stand on.
//
// Specs: WCAG 2.2 AA, Content Security Policy Level 3.
package ui
