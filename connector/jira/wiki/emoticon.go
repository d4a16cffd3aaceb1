package wiki

import "example.com/accord/text"

// Jira's emoticons, with the names and the characters that its own converter
// gives them: docs/JIRA.md "Rich text".
var emoticons = map[string][2]string{
	":)": {":slight_smile:", "🙂"}, ":(": {":disappointed:", "😞"}, ":P": {":stuck_out_tongue:", "😛"},
	":D": {":smiley:", "😃"}, ";)": {":wink:", "😉"}, "(y)": {":thumbsup:", "👍"}, "(n)": {":thumbsdown:", "👎"},
	"(i)": {":info:", ":info:"}, "(/)": {":check_mark:", ":check_mark:"}, "(x)": {":cross_mark:", ":cross_mark:"},
	"(!)": {":warning:", ":warning:"}, "(+)": {":plus:", ":plus:"}, "(-)": {":minus:", ":minus:"},
	"(?)": {":question_mark:", ":question_mark:"}, "(on)": {":light_bulb_on:", ":light_bulb_on:"},
	"(off)": {":light_bulb_off:", ":light_bulb_off:"}, "(*)": {":yellow_star:", ":yellow_star:"},
	"(*r)": {":red_star:", ":red_star:"}, "(*g)": {":green_star:", ":green_star:"}, "(*b)": {":blue_star:", ":blue_star:"},
	"(flag)": {":flag_on:", ":flag_on:"}, "(flagoff)": {":flag_off:", ":flag_off:"},
}

// emoticonAt reads the emoticon at s[i]; one that touches a word is none.
func emoticonAt(s string, i int) (e text.Span, end int, ok bool) {
	if isWord(before(s, i)) {
		return e, 0, false
	}
	for n := 2; n <= len("(flagoff)") && i+n <= len(s); n++ {
		if as, ok := emoticons[s[i:i+n]]; ok && !isWord(after(s, i+n)) {
			return text.Span{Kind: text.Emoji, Text: as[1], Attrs: text.Attrs{"name": as[0]}}, i + n, true
		}
	}
	return e, 0, false
}

// emoticonOf is the emoticon for an emoji, or "" if it has none.
func emoticonOf(e text.Span) string {
	for code, as := range emoticons {
		if as[0] == e.Attrs["name"] {
			return code
		}
	}
	return ""
}
