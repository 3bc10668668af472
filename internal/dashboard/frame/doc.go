// Package frame is what the pages of the dashboard share: the visit of an operator and what its role allows, the frame around a
// page, routes, forms that come back with every message in its place, edits that somebody else was faster with, and the words,
// badges and heads of what all pages speak of. It has no page of its own.
package frame
