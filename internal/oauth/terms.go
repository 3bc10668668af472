package oauth

// Term is what a name of the protocol means, in words for people, with the place that defines it. An empty Text means that nobody
// here knows the name.
type Term struct {
	Text string
	Spec string // RFC 7519 §4.1.1; empty for names of our own
}

// Known reports whether the name is in one of the tables.
func (t Term) Known() bool { return t.Text != "" }

// Claim explains a claim of a token or of UserInfo.
func Claim(name string) Term { return claims[name] }

// HeaderMember explains a member of a token's header.
func HeaderMember(name string) Term { return headerMembers[name] }

// Parameter explains a parameter of an authorization request, of a token request or of an answer to one.
func Parameter(name string) Term { return parameters[name] }

// MetadataMember explains a member of the server's metadata document.
func MetadataMember(name string) Term { return metadataMembers[name] }

// MetadataMembers are the names of all that MetadataMember explains, in the order in which people look for them.
func MetadataMembers() []string {
	names := make([]string, len(metadataOrder))
	copy(names, metadataOrder)
	return names
}
