package jirasim

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/gif"  // a thumbnail may be of one
	_ "image/jpeg" // a thumbnail may be of one
	"image/png"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/accord/jirasim/world"
)

// mediaLife is how long the address of a file is good; unverified.
const mediaLife = 10 * time.Minute

func segment(s string) string { return url.PathEscape(s) }

// pictured reports whether files of a type have a thumbnail.
func pictured(kind string) bool {
	return slices.Contains([]string{"image/png", "image/jpeg", "image/gif"}, kind)
}

// readContent leads to the file on another host, or shows it: docs/JIRA.md "Attachments".
func readContent(c *call, _ *world.Issue, a *world.Attachment) (reply, error) {
	if c.query.Get("redirect") == "false" {
		return c.content(a)
	}
	return c.elsewhere(a, "binary", 303)
}

// download is the address of a file in the UI. On Cloud it leads to the media
// host too: with which status is unverified.
func download(c *call, _ *world.Issue, a *world.Attachment) (reply, error) {
	if c.v.cloud() {
		return c.elsewhere(a, "binary", 302)
	}
	return c.content(a)
}

// elsewhere leads to a file by an address that needs no log-in for some time.
func (c *call) elsewhere(a *world.Attachment, what string, status int) (reply, error) {
	end := strconv.FormatInt(c.by.Now.Add(mediaLife).Unix(), 10)
	q := url.Values{"expires": {end}, "token": {c.seal(a.Media, what, end)}, "name": {a.Name}}
	rep := reply{status: status}
	rep.set("Location", c.s.mediaHost(c.v.base)+"/file/"+a.Media+"/"+what+"?"+q.Encode())
	return rep, nil
}

// mediaHost is where files are: the option, else this very site by another of
// its names, so that whoever forwards a log-in to another host does so.
func (s *Sim) mediaHost(base string) string {
	if s.opt.MediaURL != "" {
		return strings.TrimSuffix(s.opt.MediaURL, "/")
	}
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	swap := map[string]string{"127.0.0.1": "localhost", "localhost": "127.0.0.1"}
	other := swap[u.Hostname()]
	if other == "" {
		return base
	}
	if p := u.Port(); p != "" {
		other = net.JoinHostPort(other, p)
	}
	return u.Scheme + "://" + other
}

// seal signs the address of a file.
func (c *call) seal(media, what, end string) string {
	m := hmac.New(sha256.New, fmt.Append(nil, "media of ", cloudID(c.w)))
	fmt.Fprint(m, media, " ", what, " ", end)
	return hex.EncodeToString(m.Sum(nil))
}

// mediaFile is the other host: it asks for no log-in but for the signature.
func mediaFile(c *call) (reply, error) {
	what := "binary"
	if strings.HasSuffix(c.route.path, "image") {
		what = "image"
	}
	media, end := c.vars["media"], c.query.Get("expires")
	at, err := strconv.ParseInt(end, 10, 64)
	if err != nil || !hmac.Equal([]byte(c.query.Get("token")), []byte(c.seal(media, what, end))) || c.by.Now.Unix() > at {
		return reply{status: 403, body: object{"error": object{"code": "JwtAuthoriser:TokenExpiredError", "title": "The token is missing, wrong or expired"}}}, nil // unverified
	}
	for _, i := range c.w.Issues {
		for _, a := range i.Attachments {
			if a.Media != media {
				continue
			}
			if what == "image" {
				return thumbnail(c, i, a)
			}
			return c.content(a)
		}
	}
	return reply{status: 404, body: object{"error": object{"code": "NotFound", "title": "Not found"}}}, nil // unverified
}

// content sends a file, or the part of it that a Range asks for.
func (c *call) content(a *world.Attachment) (reply, error) {
	rep := reply{status: 200}
	rep.set("Content-Type", a.Type)
	rep.set("Content-Disposition", "attachment; filename*=UTF-8''"+segment(a.Name))
	rep.set("Accept-Ranges", "bytes")
	size := int64(len(a.Content))
	first, last, given, err := span(c.r.Header.Get("Range"), size)
	switch {
	case err != nil:
		return reply{}, world.Refuse(400, "The Range header is malformed.") // unverified
	case given && first > last:
		rep.status, rep.body = 416, "" // the body is unverified
		rep.set("Content-Range", fmt.Sprintf("bytes */%d", size))
		return rep, nil
	case given:
		rep.status = 206
		rep.set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, last, size))
		rep.body = string(a.Content[first : last+1])
		return rep, nil
	}
	rep.body = string(a.Content)
	return rep, nil
}

// span reads a Range of one piece: "bytes=0-9", "bytes=10-", "bytes=-5". What
// cannot be satisfied comes back empty.
func span(head string, size int64) (first, last int64, given bool, err error) {
	if head == "" {
		return 0, 0, false, nil
	}
	s, is := strings.CutPrefix(head, "bytes=")
	a, b, two := strings.Cut(s, "-")
	if !is || !two || a == "" && b == "" {
		return 0, 0, true, fmt.Errorf("read range: %q", head)
	}
	first, last = 0, size-1
	if a != "" {
		if first, err = strconv.ParseInt(a, 10, 64); err != nil || first < 0 {
			return 0, 0, true, fmt.Errorf("read range: %q", head)
		}
	}
	if b != "" {
		n, err := strconv.ParseInt(b, 10, 64)
		if err != nil || n < 0 || a != "" && n < first {
			return 0, 0, true, fmt.Errorf("read range: %q", head)
		}
		if a == "" {
			return max(size-n, 0), size - 1, true, nil
		}
		last = min(n, last)
	}
	return first, last, true, nil
}

func readThumbnail(c *call, i *world.Issue, a *world.Attachment) (reply, error) {
	if !pictured(a.Type) {
		return noThumbnail(a)
	}
	if c.query.Get("redirect") == "false" {
		return thumbnail(c, i, a)
	}
	return c.elsewhere(a, "image", 303)
}

func noThumbnail(a *world.Attachment) (reply, error) {
	return reply{}, world.Refuse(404, "The attachment with id '%s' has no thumbnail", a.ID) // unverified
}

// thumbnail sends a picture no wider and no higher than 200 pixels.
func thumbnail(c *call, _ *world.Issue, a *world.Attachment) (reply, error) {
	head, _, err := image.DecodeConfig(bytes.NewReader(a.Content))
	if err != nil || head.Width*head.Height > 1<<24 || head.Width < 1 || head.Height < 1 {
		return noThumbnail(a)
	}
	big, _, err := image.Decode(bytes.NewReader(a.Content))
	if err != nil {
		return noThumbnail(a)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, shrunk(big, 200)); err != nil {
		return noThumbnail(a)
	}
	rep := reply{status: 200, body: out.String()}
	rep.set("Content-Type", "image/png")
	return rep, nil
}

// shrunk is a picture in small, by taking the nearest points.
func shrunk(big image.Image, most int) image.Image {
	b := big.Bounds()
	w, h := b.Dx(), b.Dy()
	if longest := max(w, h); longest > most {
		w, h = max(w*most/longest, 1), max(h*most/longest, 1)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			out.Set(x, y, big.At(b.Min.X+x*b.Dx()/w, b.Min.Y+y*b.Dy()/h))
		}
	}
	return out
}
