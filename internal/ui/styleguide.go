package ui

import "net/http"

func serveStyleguide(w http.ResponseWriter, r *http.Request, site Site) {
	_ = site.Write(w, r, http.StatusOK, Plain, ErrorPage{Title: "Style guide"})
}
