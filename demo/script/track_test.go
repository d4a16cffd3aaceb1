package script

import "testing"

// seeing returns a look at one value of a field.
func seeing(field, v string) look { return look{ID: "1", Values: map[string]string{field: v}} }

func TestWhatWasSeenEqualBeginsAnew(t *testing.T) {
	w := Sample()
	tr := newTrack(cloud, "1")
	if tr.edited("priority", "a", "b") != 0 || tr.edited("priority", "b", "c") != 0 {
		t.Error("two edits without a look are not of one epoch")
	}
	tr.saw(w, seeing("priority", "High"), seeing("priority", "Medium"))
	if tr.edited("priority", "c", "d") != 0 {
		t.Error("a look at two values began an epoch")
	}
	tr.saw(w, seeing("priority", "Highest"), seeing("priority", "Blocker"))
	if tr.edited("priority", "d", "e") != 1 || len(tr.fresh["priority"]) != 2 {
		t.Errorf("a look at equal values began no epoch: %+v", tr)
	}
	tr.saw(w, seeing("priority", "Lowest"), seeing("priority", "Lowest"))
	if tr.edited("priority", "e", "f") != 1 {
		t.Error("a value without a word was seen equal")
	}
	if tr.edited("summary") != 0 {
		t.Error("one field began another's epoch")
	}
}

func TestNoEditTakesBackOneThatHasNotCrossed(t *testing.T) {
	h := &hand{run: &run{Options: Options{Words: Sample()}}}
	tr := newTrack(cloud, "1")
	tr.id[server] = "2"
	one := func(s side, v string) string { o, _ := h.Words.one("priority", s, v); return o }
	tr.edited("priority", one(cloud, "High"), one(cloud, "Low"))
	looks := [2]look{seeing("priority", "Low"), seeing("priority", "Blocker")}
	for v, want := range map[string]bool{"High": true, "Low": true, "Highest": true, "Medium": false} {
		if got := h.stale(tr, looks, "priority", one(cloud, v)); got != want {
			t.Errorf("%s is stale: %v", v, got)
		}
	}
}

func TestAFieldIsLeftAloneWhereTheOtherSideHasNoWord(t *testing.T) {
	h := &hand{run: &run{Options: Options{Words: Sample()}}}
	tr := newTrack(cloud, "1")
	looks := [2]look{seeing("severity", "Major"), seeing("severity", "Blocker")}
	if h.oneSided(tr, looks, "severity") {
		t.Error("a side that has no issue yet was asked")
	}
	if tr.id[server] = "2"; !h.oneSided(tr, looks, "severity") {
		t.Error("Blocker has a word at the Cloud")
	}
}

func TestTokensIn(t *testing.T) {
	got := tokensIn("tkabcd00002 xtkabcd00001. tkabcd00002 tkab00001")
	if len(got) != 2 || got[0] != "tkabcd00001" || got[1] != "tkabcd00002" {
		t.Errorf("%q", got)
	}
}
