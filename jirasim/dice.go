package jirasim

import (
	"fmt"
	"hash/fnv"
)

// dice decide what chance decides. Each matter has throws of its own, so that
// what befalls one does not hang on how often another was asked; and a throw is
// made of the seed, the matter and its number alone, so that a run can be
// repeated, and be gone on with after a new start.
type dice struct {
	Seed   uint64
	Thrown map[string]uint64 // by matter
}

func newDice(seed uint64) dice { return dice{Seed: seed, Thrown: map[string]uint64{}} }

// throw is the next number of a matter: splitmix64, begun at its name.
func (d *dice) throw(matter string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(matter))
	d.Thrown[matter]++
	x := h.Sum64() ^ (d.Seed * 0xd1342543de82ef95)
	x += d.Thrown[matter] * 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// chance is true so often.
func (d *dice) chance(matter string, p float64) bool {
	return p > 0 && float64(d.throw(matter)>>11)/(1<<53) < p
}

// below is a number from 0 up to n, which it is not; 0 if n is not positive.
func (d *dice) below(matter string, n int64) int64 {
	if n <= 0 {
		return 0
	}
	return int64(d.throw(matter) % uint64(n))
}

func (d *dice) uuid(matter string) string {
	a, b := d.throw(matter), d.throw(matter)
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0xfff, b&0xffffffffffff)
}
