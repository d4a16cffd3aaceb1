//go:build browser

// Package browser_test looks at the pages with Chromium: CHROMIUM says which,
// without it the one that is found. A missing one fails.
package browser_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/accord/jirasim"
)

// patience is how long a page may take to show what it should.
const patience = 20 * time.Second

// open starts a browser with one tab.
func open(t *testing.T, options ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.WindowSize(1280, 900))
	if path := os.Getenv("CHROMIUM"); path != "" {
		flags = append(flags, chromedp.ExecPath(path))
	}
	all, stop := chromedp.NewExecAllocator(t.Context(), append(flags, options...)...)
	t.Cleanup(stop)
	return tab(t, all)
}

// tab opens a tab, which is there until the test ends: what is first done in
// one decides how long it lives.
func tab(t *testing.T, of context.Context) context.Context {
	t.Helper()
	ctx, end := chromedp.NewContext(of)
	t.Cleanup(end)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	return ctx
}

// do does all of what is given, or says what it waited for in vain.
func do(t *testing.T, ctx context.Context, what string, all ...action) {
	t.Helper()
	within, stop := context.WithTimeout(ctx, patience)
	defer stop()
	if err := chromedp.Do(within, all...); err != nil {
		late, end := context.WithTimeout(ctx, time.Second)
		defer end()
		page, _ := chromedp.Run(late, chromedp.OuterHTML(chromedp.CSS("main"))) // only to say more
		t.Fatalf("%s: %v\n%s", what, err, page)
	}
}

// ask runs a script on the page and returns what it says.
func ask[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	x, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return x
}

type action = chromedp.Action[chromedp.Void]

// comes waits until a script says true.
func comes(script string) action {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Poll[bool](script)(ctx, t)
		return err
	})
}

// sees waits until something is shown.
func sees(sel string) action { return chromedp.WaitVisible(chromedp.CSS(sel)) }

func clicks(sel string) action { return chromedp.Click(chromedp.CSS(sel)) }

func types(sel, words string) action { return chromedp.SendKeys(chromedp.CSS(sel), words) }

func site(t *testing.T, f jirasim.Flavour) string {
	t.Helper()
	sim := jirasim.New(jirasim.Options{Flavour: f, Samples: 3, Seed: 5})
	server := httptest.NewServer(sim)
	t.Cleanup(func() { sim.Close(); server.Close() })
	return server.URL
}

// TestTheLifeOfAnIssue creates, moves, comments on and edits an issue in one
// browser, while another one looks on: it sees each change, and it is marked.
func TestTheLifeOfAnIssue(t *testing.T) {
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		t.Run(string(f), func(t *testing.T) {
			url := site(t, f)
			key := map[jirasim.Flavour]string{jirasim.Cloud: "SUP-4", jirasim.DataCenter: "DEV-4"}[f]
			first := map[jirasim.Flavour]string{jirasim.Cloud: "11", jirasim.DataCenter: "4"}[f]
			ada := open(t)
			other := tab(t, ada)
			do(t, other, "the board of who looks on", chromedp.Navigate(url+"/"), sees("#live"))
			do(t, ada, "the board", chromedp.Navigate(url+"/"), sees("#live"))
			do(t, ada, "create, with a preview", clicks("#create > summary"), types("#new-summary", "Seen by both"), types("#new-description", "It is *bold*."),
				sees("#new-description-shown b"), clicks("#new-do"), sees("#card-"+key+".fresh"))
			do(t, other, "who looks on sees the new card, marked", sees("#card-"+key+"[data-marked]"))
			do(t, ada, "move", clicks("#move-"+key+"-"+first))
			do(t, other, "who looks on sees it moved, and is told", sees(".going #card-"+key+"[data-marked]"), sees("#news li"))
			do(t, other, "open", clicks("#open-"+key), sees("#live"), sees("#description b"))
			do(t, ada, "comment", clicks("#open-"+key), sees("#live"), types("#say-body", "Hello _there_"), clicks("#say-do"), sees("#comments li.fresh em"))
			do(t, other, "who looks on sees the comment, marked", sees("#comments li[data-marked] em"))
			do(t, ada, "edit", clicks("#editing > summary"), chromedp.SetValue(chromedp.CSS("#edit-summary"), "Seen anew"), clicks("#edit-do"), sees("#summary.fresh"))
			do(t, other, "who looks on sees the edit, and what is in the history", sees("#summary[data-marked]"), sees("#history li[data-marked] ins"))
			do(t, ada, "delete", clicks(".end > summary"), clicks("#delete-do"), sees("#board"))
			do(t, other, "who looks on sees that it is gone", sees("main .wrong"))
		})
	}
}

// TestByKeyboard does it without a mouse: all is reached with Tab, and the
// focus stays where it was when the page changes.
func TestByKeyboard(t *testing.T) {
	ctx := open(t)
	do(t, ctx, "the board", chromedp.Navigate(site(t, jirasim.Cloud)+"/"), sees("#live"))
	key := func(keys string) action { return chromedp.KeyEvent(keys) }
	to := func(id string) {
		t.Helper()
		for n := 0; ask[string](t, ctx, `document.activeElement.id`) != id; n++ {
			if n > 60 {
				t.Fatalf("Tab does not reach %s", id)
			}
			do(t, ctx, "Tab", key("\t"))
			if width := ask[string](t, ctx, `document.activeElement === document.body ? "2px" : getComputedStyle(document.activeElement).outlineWidth`); width != "2px" {
				t.Fatalf("at %s the focus is not seen: %s", ask[string](t, ctx, `document.activeElement.outerHTML`), width)
			}
		}
	}
	to("move-SUP-1-11")
	do(t, ctx, "Enter moves it", key("\r"), sees(".going #card-SUP-1[data-marked]"))
	do(t, ctx, "the focus stays with the card", comes(`document.activeElement.closest("#card-SUP-1") !== null`))
	do(t, ctx, "the form to create", comes(`(document.querySelector("#create summary").focus(), true)`), key("\r"), sees("#new-summary"))
	to("new-summary")
	do(t, ctx, "Escape closes it", key("x"), key(kb.Escape), comes(`!document.querySelector("#create").open && document.activeElement.matches("#create summary")`))
	do(t, ctx, "and keeps what was written", key("\r"), sees("#new-summary"), comes(`document.querySelector("#new-summary").value === "x"`))
	do(t, ctx, "what is refused", chromedp.SetValue(chromedp.CSS("#new-summary"), strings.Repeat("x", 300)))
	to("new-summary")
	do(t, ctx, "Enter sends it, and the focus is where the fault is", key("\r"), sees("#new-summary-wrong"), comes(`document.activeElement.id === "new-summary" && document.activeElement.getAttribute("aria-describedby") === "new-summary-wrong"`))
	do(t, ctx, "what is mended is taken, and the focus is at the button", chromedp.SetValue(chromedp.CSS("#new-summary"), "short"), key("\r"), sees("#card-SUP-4[data-marked]"), comes(`document.activeElement.matches("#create summary")`))
}

// TestACardIsDragged to a column that the workflow leads to, and to one that it
// does not lead to.
func TestACardIsDragged(t *testing.T) {
	ctx := open(t)
	do(t, ctx, "the board", chromedp.Navigate(site(t, jirasim.Cloud)+"/"), sees("#live"))
	drag := func(to string) action { return chromedp.DragAndDrop(chromedp.CSS("#card-SUP-1"), chromedp.CSS(to)) }
	do(t, ctx, "drag it too far", drag("#column-10012"), sees("#news li"))
	if said := ask[string](t, ctx, `document.querySelector("#news").textContent`); said != "There is no way there from here" {
		t.Errorf("too far is told as %q", said)
	}
	do(t, ctx, "drag it on", drag("#column-3"), sees("#column-3 #card-SUP-1[data-marked]"))
	if ask[bool](t, ctx, `document.querySelector(".held, .there, .over") !== null`) {
		t.Error("it is still held")
	}
}

// TestAFileIsAttached, shown to who looks on, and taken off again; none at all
// is refused beside the form.
func TestAFileIsAttached(t *testing.T) {
	url := site(t, jirasim.DataCenter)
	name := filepath.Join(t.TempDir(), "notes & more.txt")
	if err := os.WriteFile(name, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := open(t)
	other := tab(t, ctx)
	for _, c := range []context.Context{ctx, other} {
		do(t, c, "the issue", chromedp.Navigate(url+"/browse/DEV-1"), sees("#live"))
	}
	do(t, ctx, "attach nothing", comes(`document.querySelector("#attach").noValidate = true`), clicks("#attach-do"), sees("#attach .wrong"))
	if at := ask[string](t, ctx, `document.activeElement.id`); at != "attach-file" {
		t.Errorf("after that the focus is at %q", at)
	}
	do(t, ctx, "attach a file", chromedp.SetUploadFiles(chromedp.CSS("#attach-file"), []string{name}), clicks("#attach-do"), sees("#files li[data-marked]"))
	do(t, other, "who looks on sees it, marked", sees("#files li[data-marked]"))
	got := ask[string](t, ctx, `document.querySelector("#files a").textContent + ": " + document.querySelector("#attach-file").value + (document.querySelector("#attach .wrong") ?? "")`)
	if got != "notes & more.txt: " {
		t.Errorf("it shows %q", got)
	}
	do(t, ctx, "what is in it", comes(`fetch(document.querySelector("#files a").href).then((r) => r.text()).then((s) => s === "hello")`))
	do(t, ctx, "take it off", clicks("#files button"), sees("#files .none"))
	do(t, other, "who looks on sees that it is gone", sees("#files .none"))
}

// TestWithoutAScript does the same with the server alone.
func TestWithoutAScript(t *testing.T) {
	ctx := open(t, chromedp.Flag("blink-settings", "scriptEnabled=false"))
	do(t, ctx, "the board", chromedp.Navigate(site(t, jirasim.Cloud)+"/"), sees("#card-SUP-1"))
	do(t, ctx, "move", clicks("#move-SUP-1-11"), sees(".going #card-SUP-1"))
	do(t, ctx, "comment", clicks("#open-SUP-1"), types("#say-body", "No *script*"), clicks(`#say [name="preview"]`), sees("#say-body-shown b"),
		clicks("#say-do"), sees("#comments li:nth-child(2) b"))
}

// TestItFits: no page is wider than a telephone. Each is kept as a picture.
func TestItFits(t *testing.T) {
	url := site(t, jirasim.Cloud)
	ctx := open(t)
	long := strings.NewReplacer("LONG", strings.Repeat("Donaudampfschifffahrt", 10)).Replace(`fetch("/rest/api/2/issue/SUP-1", {method: "PUT", headers: {"Content-Type": "application/json", Authorization: "Basic " + btoa("admin@example.com:example")},
		body: JSON.stringify({fields: {summary: "LONG", labels: ["LONG"], description: "{code}\nLONG LONG\n{code}\n||LONG||LONG||\n|a|b|\n\n[LONG|https://LONG]"}})}).then((r) => r.ok)`)
	do(t, ctx, "an issue of long words", chromedp.Navigate(url+"/"), comes(long))
	for _, width := range []int64{1440, 1024, 500, 390, 320} {
		for name, path := range map[string]string{"board": "/", "issue": "/browse/SUP-1", "trouble": "/browse/SUP-99"} {
			do(t, ctx, name, chromedp.EmulateViewport(width, 900), chromedp.Navigate(url+path), sees("#live"))
			if wide := ask[int64](t, ctx, `document.documentElement.scrollWidth`); wide > width {
				t.Errorf("the %s is %d wide at %d", name, wide, width)
			}
			picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.ArtifactDir(), fmt.Sprintf("%s-%d.png", name, width))
			if err := os.WriteFile(file, picture, 0o600); err != nil {
				t.Error(err)
			}
		}
	}
}
