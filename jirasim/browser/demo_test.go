//go:build browser

package browser_test

import (
	"bufio"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/accord/demo"
)

// TestTheDemo moves an issue at the Cloud, and sees what the sync did, and the
// Data Center's card, each marked.
func TestTheDemo(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		_, err := demo.Run(ctx, demo.Options{Seed: 7, Out: w})
		w.CloseWithError(io.EOF)
		ended <- err
	}()
	said := map[string]string{} // the second word of each line, by its first
	for lines := bufio.NewScanner(r); lines.Scan() && !strings.HasPrefix(lines.Text(), "Stop it"); {
		if f := strings.Fields(strings.Replace(lines.Text(), "Data Center", "Data", 1)); len(f) > 1 {
			said[f[0]] = f[1]
		}
	}
	go io.Copy(io.Discard, r)
	page := open(t)
	do(t, page, "the page", chromedp.Navigate(said["page"]), sees("#live"), sees("#deeds .deed"))
	do(t, page, "all issues are on both sides", comes(`document.querySelectorAll("#deeds .write").length >= 12`))
	cloud := tab(t, page)
	board := strings.TrimSuffix(said["Cloud"], "/rest/api/3") + "/_sim/ui/projects/SUP"
	center := tab(t, page)
	do(t, center, "the Data Center's board", chromedp.Navigate(strings.TrimSuffix(said["Data"], "/rest/api/2")+"/_sim/ui/projects/DEV"), sees("#live"))
	do(t, cloud, "the Cloud's board", chromedp.Navigate(board), sees("#live"), clicks("#move-SUP-1-11"), sees(".going #card-SUP-1"))
	do(t, page, "the sync tells it, marked", sees("#deeds .deed[data-marked] .write.right"))
	do(t, center, "its card is moved there, marked", sees(".going .card[data-marked]"))
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
