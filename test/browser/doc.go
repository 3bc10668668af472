// Package browser drives the real binary in real Chromium: one file per screen or journey. Every page that a test stops at
// is judged by axe-core and photographed into screenshots/, which git ignores.
package browser
