// Package access is the choice of which APIs an application may call, and with which permissions there: the tab APIs of an
// application, and the pieces of it that other pages of the dashboard show.
//
//	GET  /dashboard/applications/{id}/apis …/apis/{api}   what it may do for people and for itself
//	POST /dashboard/applications/{id}/apis/{api}          grants, changes or takes back
package access
