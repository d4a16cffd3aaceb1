package contract

import (
	"fmt"
	"reflect"
	"time"

	"example.com/accord/issue"
	"example.com/accord/text"
)

// full fills everything that *v can hold: no field is left zero, every map and
// slice has members. So a field that is added one day is checked as well. Values
// of n differ from those of another n.
func full[T any](n int) (v T) {
	f := &filler{n: n * 1000}
	f.fill(reflect.ValueOf(&v).Elem(), 0)
	return v
}

// A filler counts what it has filled, so that no two values are equal.
type filler struct{ n int }

func (f *filler) next() int { f.n++; return f.n }

func (f *filler) fill(v reflect.Value, depth int) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Unix(int64(1_700_000_000+f.next()), 123_456_789).UTC()))
		return
	case text.Doc:
		v.Set(reflect.ValueOf(doc(f.next())))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("s%d", f.next()))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.next()))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		for _, field := range v.Fields() {
			f.fill(field, depth)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			f.fill(v.Index(i), depth)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 5 { // as many as there are values
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(key, depth)
			f.fill(value, depth)
			v.SetMapIndex(key, value)
		}
	case reflect.Interface:
		v.Set(reflect.ValueOf(value(f.next())))
	default:
		panic("cannot fill " + v.Type().String())
	}
}

// value returns one of each kind of value in turn.
func value(n int) issue.Value {
	return []issue.Value{
		issue.Scalar(fmt.Sprintf("word %d", n)),
		issue.SetOf("a", "b", fmt.Sprint(n)),
		issue.Text{Doc: doc(n)},
		issue.Row{"body": issue.Text{Doc: doc(n)}, "author": issue.Scalar("Ann"), "text": issue.SetOf("x"), "row": issue.Scalar(`{"text":1}`)},
	}[n%4]
}

// doc returns a text with all that a text can have; every other one is long.
func doc(n int) text.Doc {
	d := append(text.Of(fmt.Sprintf("paragraph %d", n), "", `{"text":[12]} {"text":13}`), text.Block{
		Kind: text.Table, Attrs: text.Attrs{"layout": "wide"}, Blocks: []text.Block{{Kind: text.TableRow, Blocks: []text.Block{{
			Kind: text.Cell, Blocks: []text.Block{{Kind: text.Paragraph, Spans: []text.Span{
				{Kind: text.Plain, Text: "ü\u2028\"\\<&>", Marks: []text.Mark{{Kind: text.Link, Value: "https://example.com/?a=1&b=2"}}},
				{Kind: text.Mention, Text: "Ann", Attrs: text.Attrs{"id": "5b10"}},
				{Kind: text.ForeignSpan, Raw: `{"type":"status"}`, Attrs: text.Attrs{"format": "adf"}},
			}}},
		}}}},
	})
	if n%2 == 0 {
		return text.Of(fmt.Sprintf("short %d", n))
	}
	return append(d, text.Block{Kind: text.Foreign, Raw: `{"type":"extension"}`, Attrs: text.Attrs{"format": "adf"}})
}
