// Package activity is the log: what was changed, what was used and what was refused.
//
//	GET  /dashboard/activity …/export.jsonl             changes, uses and refusals as one log, with filters; the same as JSON lines
//	GET  /dashboard/applications/{id}/activity          what was changed of an application and what it did
//	GET  /dashboard/activity/refusals …/{reference}     why an application with a URL was refused
package activity
