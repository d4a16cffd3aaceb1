package wiki

import (
	"regexp"
	"strings"

	"example.com/accord/text"
)

// imageAt reads the image at s[i]: "!name!" or "!name|params!".
func imageAt(s string, i int) (img text.Span, end int, ok bool) {
	n := strings.IndexAny(s[i+1:], "!\n")
	if n < 0 || s[i+1+n] != '!' || isWord(before(s, i)) {
		return img, 0, false
	}
	img, ok = imageOf(s[i+1 : i+1+n])
	return img, i + n + 2, ok
}

var fileName = regexp.MustCompile(`\.[A-Za-z0-9]{1,5}$`)

// imageOf reads what stands between exclamation marks. A name without
// parameters must look like one of a file, for there are other exclamations.
func imageOf(s string) (img text.Span, ok bool) {
	name, params, more := strings.Cut(s, "|")
	img = text.Span{Kind: text.Image, Attrs: text.Attrs{}}
	if params != "" {
		img.Attrs["wiki.params"] = params
	}
	if strings.Contains(name, "://") {
		img.Attrs["url"] = name
		return img, isAddress(name)
	}
	img.Attrs["name"] = name
	edges := name != strings.Trim(name, space)
	return img, name != "" && !edges && !strings.ContainsAny(s, `\[]{}*`) && !holdsAtom(s) && (more || fileName.MatchString(name))
}

// imageWords is the markup of an image, or "" if it has none.
func imageWords(s text.Span) string {
	name := s.Attrs["name"]
	if name == "" {
		name = s.Attrs["url"]
	}
	words := name
	if params := s.Attrs["wiki.params"]; params != "" {
		words += "|" + params
	}
	img, ok := imageOf(words)
	if !ok {
		words = name + "|"
		img, ok = imageOf(words)
	}
	if !ok || strings.ContainsAny(words, "!\n") || img.Attrs["name"]+img.Attrs["url"] != name {
		return ""
	}
	return "!" + words + "!"
}
