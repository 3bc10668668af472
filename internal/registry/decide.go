package registry

import (
	"clientele/internal/oauth"
)

// Decide says what becomes of a client URL that nobody imported, and why. A rule that denies beats every rule that allows;
// among rules of one effect the most specific one is named. Where only imported clients are admitted no rule lets one in.
func Decide(url oauth.ClientURL, mode AdmissionMode, rules []AdmissionRule) Decision {
	deny, allow := mostSpecific(url, rules, Deny), mostSpecific(url, rules, Allow)
	d := Decision{Mode: mode, Verdict: Refuse}
	switch {
	case deny != nil:
		d.Rule, d.Why = deny, "the rule that denies "+deny.Pattern+" keeps it out"
	case mode == AdmitImported:
		d.Why = "only applications that an operator imported are admitted"
	case allow != nil:
		d.Verdict, d.Rule, d.Why = Admit, allow, "the rule that allows "+allow.Pattern+" lets it in"
	case mode == AdmitOpen:
		d.Verdict, d.Why = Admit, "every client is admitted that no rule keeps out"
	case mode == AdmitApproval:
		d.Verdict, d.Why = Wait, "an operator decides about every client that no rule names"
	default:
		d.Why = "the admission mode " + string(mode) + " is unknown"
	}
	return d
}

// mostSpecific is the rule of an effect that says most about a URL, nil if none says anything. Of equals the first counts.
func mostSpecific(url oauth.ClientURL, rules []AdmissionRule, e RuleEffect) *AdmissionRule {
	var best *AdmissionRule
	for i := range rules {
		r := &rules[i]
		if r.Effect != e {
			continue
		}
		if p := patternOf(r.Pattern); p.Matches(url) && (best == nil || p.moreSpecific(patternOf(best.Pattern))) {
			best = r
		}
	}
	return best
}
