package memory_test

import (
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/connector"
	"example.com/accord/contract"
	"example.com/accord/issue"
	"example.com/accord/memory"
	"example.com/accord/text"
)

// hands are people at a tracker, who take their time.
type hands struct{ *memory.Tracker }

func (h hands) Create(_ testing.TB, doc issue.Document) string {
	return h.Tracker.Create("ann", doc)
}

func (h hands) Edit(_ testing.TB, id string, p issue.Place, v issue.Value) {
	time.Sleep(time.Second)
	h.Tracker.Edit("ann", id, p, v)
}

func (h hands) Comment(_ testing.TB, id, words string) string {
	return h.Tracker.Comment("ann", id, "comments", body(words))
}

func (h hands) EditComment(_ testing.TB, id, row, words string) {
	h.Tracker.EditComment("ann", id, row, body(words))
}

func (h hands) DeleteComment(_ testing.TB, id, row string) { h.Tracker.DeleteComment(id, row) }

func (h hands) Delete(_ testing.TB, id string) { h.Tracker.Delete(id) }

func body(words string) issue.Row { return issue.Row{"body": issue.Text{Doc: text.Of(words)}} }

// habits are those of a tracker with all the fields of the contract.
func habits() memory.Habits {
	return memory.Habits{
		Defaults: issue.Document{
			{Field: "summary"}: issue.Scalar(""), {Field: "description"}: issue.Text{}, {Field: "labels"}: issue.Set{},
			{Field: "priority"}: issue.Scalar("Medium"), {Field: "status"}: issue.Scalar("Open"),
		},
		Refuse: func(p issue.Place, v issue.Value) string {
			if v == issue.Scalar("Huge") || v == issue.Scalar("no such status") {
				return "there is no such value"
			}
			return ""
		},
		Routes: memory.Routes{Direct: func(from, to string) bool { return from == "Doing" || to == "Doing" }, Via: "Doing"},
	}
}

func TestTracker(t *testing.T) {
	for name, change := range map[string]func(*memory.Habits){
		"plain":     func(*memory.Habits) {},
		"lagging":   func(h *memory.Habits) { h.LogLag, h.SearchLag, h.Page = 20*time.Second, time.Minute, 2 },
		"skewed":    func(h *memory.Habits) { h.Skew = -7 * time.Minute },
		"forgetful": func(h *memory.Habits) { h.Forgetful = true },
		"small":     func(h *memory.Habits) { h.Page = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			h := habits()
			change(&h)
			contract.Connector(t, func(t *testing.T, check func(*testing.T, contract.Rig)) {
				synctest.Test(t, func(t *testing.T) { check(t, rig(h)) })
			})
		})
	}
}

func rig(h memory.Habits) contract.Rig {
	tr := &memory.Tracker{Name: "here", Habits: h}
	var sent []connector.Delivery
	tr.Hook = func(d connector.Delivery) { sent = append(sent, d) }
	return contract.Rig{
		Connector: tr, Participant: "here", People: hands{tr},
		Settle: func() { time.Sleep(h.LogLag + h.SearchLag + time.Millisecond) },
		Status: [3]string{"Open", "Doing", "Done"}, Refused: "Huge", Fine: "High",
		Events: tr,
		Deliveries: func() []connector.Delivery {
			out := sent
			sent = nil
			return out
		},
		Forge: func(d connector.Delivery) connector.Delivery {
			d.Header = d.Header.Clone()
			d.Header.Set("X-From", "elsewhere")
			return d
		},
	}
}

// A changelog is never newer than the fields beside it.
func TestLookIsOfOneMoment(t *testing.T) {
	place := issue.Place{Field: "summary"}
	tr := &memory.Tracker{Name: "here", Habits: habits()}
	id := tr.Create("ann", issue.Document{place: issue.Scalar("one")})
	tr.Call = func(kind string) memory.Fate {
		if kind == "rows" {
			tr.Edit("ann", id, place, issue.Scalar("two"))
		}
		return memory.Fate{}
	}
	for v, err := range tr.Read(t.Context(), id) {
		if err != nil || v.Doc[place] != issue.Scalar("one") || len(v.Log) > 0 {
			t.Errorf("it shows %v and the log %v, %v", v.Doc[place], v.Log, err)
		}
	}
}
