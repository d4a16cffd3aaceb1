package jirasim

import (
	"slices"

	"example.com/accord/jirasim/world"
)

// contextDefaults lists the defaults of a field, each as its type has it.
func contextDefaults(c *call, f *world.Field) (reply, error) {
	all, ids := []any{}, names("", c.query["contextId"]...)
	for _, x := range f.Contexts {
		if x.Default.Empty() || len(ids) > 0 && !ids.has(x.ID) {
			continue
		}
		all = append(all, c.v.preset(f, x))
	}
	return c.pageOf(all, 50)
}

// preset is one of them; rich text is wiki markup, whichever version asks.
func (v view) preset(f *world.Field, x *world.Context) object {
	o, is := object{"contextId": x.ID, "type": f.Kind.DefaultType()}, x.Default
	v.api = 2
	switch f.Kind {
	case world.Select:
		o["optionId"] = is.Text
	case world.Choices:
		o["optionIds"] = is.List
	case world.Cascade:
		o["optionId"] = is.Text
		if len(is.List) > 0 {
			o["cascadingOptionId"] = is.List[0]
		}
	case world.Number:
		o["number"] = *is.Number
	case world.Labels:
		o["labels"] = is.List
	case world.Rich:
		o["text"] = v.value(nil, f, is)
	default:
		o[map[world.Kind]string{world.Date: "date", world.Instant: "dateTime", world.Address: "url", world.Line: "text"}[f.Kind]] = is.Text
	}
	return o
}

// setDefaults sets all that it names, or none.
func setDefaults(c *call, f *world.Field) (reply, error) {
	var in struct {
		Values []world.Given `json:"defaultValues"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if len(in.Values) == 0 {
		return reply{}, world.Refuse(400, "No default values were given.")
	}
	was := make([]world.Value, len(f.Contexts))
	for n, x := range f.Contexts {
		was[n] = x.Default
	}
	for _, g := range in.Values {
		n := slices.IndexFunc(f.Contexts, func(x *world.Context) bool { return x.ID == string(g.Context) })
		err := error(world.Refuse(404, "The field context was not found."))
		if n >= 0 {
			err = c.w.SetDefault(c.by, f, f.Contexts[n], g)
		}
		if err != nil {
			for n, x := range f.Contexts {
				x.Default = was[n]
			}
			return reply{}, err
		}
	}
	return none()
}
