package jirasim_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/accord/jirasim"
)

// TestSavingHoldsUpNobody: whatever is asked meanwhile, each document that is
// saved is a whole state.
func TestSavingHoldsUpNobody(t *testing.T) {
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		for _, name := range []string{"issue", "control", "parts", "fields", "project"} {
			script, err := os.ReadFile(filepath.Join("testdata", string(f), name+".txtar"))
			if err != nil {
				t.Fatal(err)
			}
			script, _, _ = bytes.Cut(script, []byte("\n-- "))
			p := scripted(t, f)
			asked := make(chan struct{})
			go func() {
				defer close(asked)
				for line := range strings.SplitSeq(string(script), "\n") {
					if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") && !p.waits(line) {
						p.line(line, map[string]bool{})
					}
				}
			}()
			for going := true; going; {
				select {
				case <-asked:
					going = false
				default:
				}
				turn := p.sim.Turns()
				var one, two bytes.Buffer
				if err := p.sim.Save(&one); err != nil {
					t.Fatal(err)
				}
				again := jirasim.New(jirasim.Options{Flavour: f})
				again.Close()
				if err := again.Load(bytes.NewReader(one.Bytes())); err != nil {
					t.Fatalf("%s: what was saved cannot be loaded: %v", name, err)
				}
				if err := p.sim.Save(&two); err != nil {
					t.Fatal(err)
				}
				if p.sim.Turns() == turn && !bytes.Equal(one.Bytes(), two.Bytes()) {
					t.Fatalf("%s: without a turn the state is another", name)
				}
			}
		}
	}
}
