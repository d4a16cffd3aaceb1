package jirasim

import (
	"net/http"
	"strconv"
)

// at is the link to a page of what a request asked for.
func (v view) at(r *http.Request, start, most int) string {
	q := queryOf(r)
	q.Set("startAt", strconv.Itoa(start))
	q.Set("maxResults", strconv.Itoa(most))
	return v.base + r.URL.Path + "?" + q.Encode()
}
