package script

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// readWiki reads wiki markup as Jira Data Center stores it. person returns the
// name that the script knows a mentioned account by.
func readWiki(src string, person func(id string) string) rich {
	r := wikiReader{person: person}
	r.blocks(nil, src)
	return r.out
}

type wikiReader struct {
	out    rich
	person func(id string) string
}

func (r *wikiReader) blocks(path []string, src string) {
	for _, b := range wikiBlocks(src) {
		r.block(path, b)
	}
}

var (
	heading  = regexp.MustCompile(`^\s*h([1-6])\.\s*(.*)$`)
	bullet   = regexp.MustCompile(`^\s*([*#]+|-)\s+(.*)$`)
	rule     = regexp.MustCompile(`^\s*-{4,5}\s*$`)
	tableRow = regexp.MustCompile(`^\s*\|`)
	quoted   = regexp.MustCompile(`^\s*bq\.\s*(.*)$`)
	macro    = regexp.MustCompile(`^\{(code|noformat|quote|panel|info|note|warning|tip|adf)(?::([^}\n]*))?\}`)
)

// shape says what kind of block a line begins.
func shape(l string) string {
	switch {
	case strings.TrimSpace(l) == "":
		return ""
	case macro.MatchString(strings.TrimLeft(l, " ")):
		return "macro"
	case heading.MatchString(l):
		return "heading"
	case quoted.MatchString(l):
		return "quote"
	case rule.MatchString(l):
		return "rule"
	case tableRow.MatchString(l):
		return "table"
	case bullet.MatchString(l):
		return "list"
	}
	return "text"
}

// wikiBlocks cuts markup into the sources of its outermost blocks.
func wikiBlocks(src string) []string {
	src = strings.ReplaceAll(src, "\r\n", "\n")
	var out []string
	for src = strings.TrimLeft(src, "\n"); src != ""; src = strings.TrimLeft(src, "\n") {
		n := blockLength(src)
		if b := strings.Trim(src[:n], "\n"); strings.TrimSpace(b) != "" {
			out = append(out, b)
		}
		src = src[n:]
	}
	return out
}

// blockLength returns how many bytes of src are its first block.
func blockLength(src string) int {
	if lead := len(src) - len(strings.TrimLeft(src, " ")); macro.MatchString(src[lead:]) {
		return lead + macroLength(src[lead:])
	}
	what, n := "", 0
	for n < len(src) {
		l, _, _ := strings.Cut(src[n:], "\n")
		s := shape(l)
		if what == "" {
			what = s
		} else if ends(what, s, src[:n]) {
			return n
		}
		if at := macroInside(l); at > 0 {
			return n + at
		}
		n = min(n+len(l)+1, len(src))
		if what == "" || what == "heading" || what == "rule" || what == "quote" {
			return n
		}
	}
	return n
}

// ends reports whether a line of shape next ends a block of shape what.
func ends(what, next, so string) bool {
	switch {
	case what == "table" && !strings.HasSuffix(strings.TrimSpace(so), "|"):
		return false // inside a cell
	case next == what:
		return false
	case what == "list" && next == "text":
		return false // the item goes on
	}
	return true
}

// macroLength returns the length of the macro that src begins with, with its end.
func macroLength(src string) int {
	m := macro.FindStringSubmatch(src)
	end := strings.Index(src[len(m[0]):], "{"+m[1]+"}")
	if end < 0 {
		return len(src)
	}
	return len(m[0]) + end + len(m[1]) + 2
}

// macroInside returns where in a line a block macro begins, or -1.
func macroInside(l string) int {
	for i := 0; i < len(l); i++ {
		switch {
		case l[i] == '\\':
			i++
		case strings.HasPrefix(l[i:], "{{"):
			if end := strings.Index(l[i:], "}}"); end > 0 {
				i += end + 1
			}
		case l[i] == '{' && macro.MatchString(l[i:]):
			return i
		}
	}
	return -1
}

func (r *wikiReader) block(path []string, src string) {
	l, _, _ := strings.Cut(src, "\n")
	switch shape(l) {
	case "macro":
		r.macro(path, strings.TrimLeft(src, " "))
	case "heading":
		m := heading.FindStringSubmatch(l)
		r.out.say(path, "heading "+m[1], r.inline(m[2], nil))
	case "quote":
		r.out.say(with(path, "quote"), "", r.inline(quoted.FindStringSubmatch(l)[1], nil))
	case "rule":
		r.out.say(path, "rule", nil)
	case "list":
		r.list(path, src)
	case "table":
		r.table(path, src)
	default:
		r.out.say(path, "", r.inline(src, nil))
	}
}

// panels are the colours by which Jira's own converter tells panels apart.
var panels = strings.NewReplacer("#deebff", "info", "#eae6ff", "note", "#fffae6", "warning", "#ffebe6", "error", "#e3fcef", "success")

func (r *wikiReader) macro(path []string, src string) {
	m := macro.FindStringSubmatch(src)
	body := strings.TrimSuffix(src[len(m[0]):], "{"+m[1]+"}")
	switch m[1] {
	case "code":
		language, _, _ := strings.Cut(m[2], "|")
		r.out.sayCode(path, first(language, "java"), body)
	case "noformat":
		r.out.sayCode(path, "", body)
	case "quote":
		r.blocks(with(path, "quote"), body)
	case "adf":
		var n node
		if json.Unmarshal([]byte(body), &n) == nil {
			a := adfReader{person: r.person}
			a.block(path, n)
			r.out = append(r.out, a.out...)
		}
	default:
		r.panel(path, m[1], m[2], body)
	}
}

func (r *wikiReader) panel(path []string, name, args, body string) {
	sort := map[string]string{"info": "info", "note": "note", "warning": "warning", "tip": "success", "panel": "info"}[name]
	var title string
	for arg := range strings.SplitSeq(args, "|") {
		switch k, v, _ := strings.Cut(arg, "="); k {
		case "bgColor":
			sort = panels.Replace(strings.ToLower(v))
		case "title":
			title = v
		}
	}
	path = with(path, "panel "+sort)
	r.out.say(path, "", glyphs(title, []string{"strong"}))
	r.blocks(path, body)
}

func (r *wikiReader) list(path []string, src string) {
	var item strings.Builder
	at := path
	flush := func() {
		if item.Len() > 0 {
			r.out.say(at, "", r.inline(item.String(), nil))
		}
		item.Reset()
	}
	for l := range strings.SplitSeq(src, "\n") {
		m := bullet.FindStringSubmatch(l)
		if m == nil {
			item.WriteString("\n" + l)
			continue
		}
		flush()
		at = path
		for _, c := range m[1] {
			at = with(at, map[rune]string{'*': "bullet", '-': "bullet", '#': "number"}[c])
		}
		item.WriteString(m[2])
	}
	flush()
}

func (r *wikiReader) table(path []string, src string) {
	row, rest := 0, ""
	for l := range strings.SplitSeq(src, "\n") {
		rest += l
		if !strings.HasSuffix(strings.TrimSpace(rest), "|") {
			rest += "\n"
			continue
		}
		row++
		for i, c := range cells(strings.TrimSpace(rest)) {
			before, place := len(r.out), with(path, fmt.Sprintf("%s %d.%d", c.kind, row, i+1))
			r.blocks(place, strings.TrimSpace(c.src))
			if len(r.out) == before {
				r.out = append(r.out, line{Kind: kind(place, "")})
			}
		}
		rest = ""
	}
}

type wikiCell struct{ kind, src string }

// cells cuts a row at the bars that stand outside of links, images and macros.
func cells(row string) []wikiCell {
	var out []wikiCell
	for row != "" && row != "|" && row != "||" {
		kind := "cell"
		if row = row[1:]; strings.HasPrefix(row, "|") {
			kind, row = "header", row[1:]
		}
		n := cellLength(row)
		out = append(out, wikiCell{kind, row[:n]})
		row = row[n:]
	}
	return out
}

func cellLength(row string) int {
	depth := 0
	for i := 0; i < len(row); i++ {
		switch c := row[i]; {
		case c == '\\':
			i++
		case c == '[' || c == '{':
			depth++
		case (c == ']' || c == '}') && depth > 0:
			depth--
		case c == '|' && depth == 0:
			return i
		}
	}
	return len(row)
}
