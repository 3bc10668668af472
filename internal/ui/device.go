package ui

import "strings"

// named is a part of a user agent's text and what people call it. The first that fits counts, because browsers also carry the names
// of others.
type named struct{ part, name string }

var browsers = []named{
	{"Edg", "Edge"},
	{"OPR/", "Opera"},
	{"SamsungBrowser/", "Samsung Internet"},
	{"Firefox/", "Firefox"},
	{"FxiOS/", "Firefox"},
	{"CriOS/", "Chrome"},
	{"Chromium/", "Chromium"},
	{"Chrome/", "Chrome"},
	{"Safari/", "Safari"},
	{"curl/", "curl"},
}

var systems = []named{
	{"iPhone", "iPhone"},
	{"iPad", "iPad"},
	{"Android", "Android"},
	{"Windows", "Windows"},
	{"CrOS", "ChromeOS"},
	{"Mac OS X", "macOS"},
	{"Macintosh", "macOS"},
	{"Linux", "Linux"},
}

// Device is a user agent in words: the browser and the system it runs on, as in Firefox on Linux. What it does not know is the
// beginning of the text itself.
func Device(userAgent string) string {
	browser, system := nameIn(browsers, userAgent), nameIn(systems, userAgent)
	switch {
	case browser != "" && system != "":
		return browser + " on " + system
	case browser != "" || system != "":
		return browser + system
	}
	if short := []rune(strings.TrimSpace(userAgent)); len(short) > 0 {
		return string(short[:min(len(short), 40)])
	}
	return "Unknown device"
}

func nameIn(list []named, userAgent string) string {
	for _, n := range list {
		if strings.Contains(userAgent, n.part) {
			return n.name
		}
	}
	return ""
}
