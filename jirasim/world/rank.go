package world

import (
	"slices"
	"strings"
)

// digits are those that ranks are written in.
const digits = "0123456789abcdefghijklmnopqrstuvwxyz"

// bottom is the rank of the next new issue: after all others.
func (w *World) bottom() string {
	n := w.Last["rank"]
	w.Last["rank"] = n + 1
	n = 18*36*36*36*36*36 + n*8 // "i00000" stands in the middle
	var b [6]byte
	for at := len(b) - 1; at >= 0; at-- {
		b[at] = digits[n%36]
		n /= 36
	}
	return "0|" + string(b[:]) + ":"
}

// between is a rank after a and before b; an empty a is the top, an empty b
// the end.
func between(a, b string) string {
	x, y := fraction(a), fraction(b)
	var out []byte
	for at, open := 0, b == ""; ; at++ {
		low, high := digit(x, at), 36
		if !open {
			high = digit(y, at)
		}
		if high-low > 1 {
			out = append(out, digits[(low+high)/2])
			break
		}
		out = append(out, digits[low])
		open = open || high != low || at > 60
	}
	for len(out) < 6 {
		out = append(out, '0')
	}
	return "0|" + string(out[:6]) + ":" + string(out[6:])
}

func fraction(rank string) string {
	_, s, _ := strings.Cut(rank, "|")
	return strings.Replace(s, ":", "", 1)
}

func digit(s string, at int) int {
	if at >= len(s) {
		return 0
	}
	return max(0, strings.IndexByte(digits, s[at]))
}

// byRank lists the ranks in use, in order.
func (w *World) byRank(field string) []string {
	var out []string
	for _, i := range w.Issues {
		if r := i.Values[field].Text; r != "" {
			out = append(out, r)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Rank puts issues before or after another one, in the order they are given:
// a change in the history of each whose place differs.
func (w *World) Rank(by By, issues []*Issue, before, after *Issue) {
	f := w.Sole(RankOf)
	if f == nil || len(issues) == 0 {
		return
	}
	moving := map[string]bool{}
	for _, i := range issues {
		moving[i.Values[f.ID].Text] = true
	}
	all := slices.DeleteFunc(w.byRank(f.ID), func(r string) bool { return moving[r] })
	low, high := "", ""
	if after != nil {
		low = after.Values[f.ID].Text
		if n, _ := slices.BinarySearch(all, low+"\x00"); n < len(all) {
			high = all[n]
		}
	} else if before != nil {
		high = before.Values[f.ID].Text
		if n, _ := slices.BinarySearch(all, high); n > 0 {
			low = all[n-1]
		}
	}
	for _, i := range issues {
		low = between(low, high)
		w.ranked(by, f, i, low)
	}
}

func (w *World) ranked(by By, f *Field, i *Issue, rank string) {
	said := "Ranked higher"
	if rank > i.Values[f.ID].Text {
		said = "Ranked lower"
	}
	n := w.Issues[i.ID].with(f.ID, Value{Text: rank})
	c := w.note(by, n, Item{Field: f.Name, Type: "custom", ID: f.ID, From: new(""), FromText: new(""), To: new(""), ToText: &said})
	w.emit(Event{Kind: "jira:issue_updated", Name: "issue_updated", At: by.Now, By: by.User, Issue: n, Change: c})
}
