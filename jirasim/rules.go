package jirasim

import (
	"slices"
	"strconv"
	"strings"

	"example.com/accord/jirasim/world"
)

// The rules of transitions that the simulator knows: the others of Cloud's
// document are refused.
const (
	ruleWho    = "system:restrict-issue-transition"
	ruleNeeds  = "system:validate-field-value"
	ruleSets   = "system:update-field"
	ruleAssign = "system:change-assignee"
	ruleScreen = "system:transition-screen"
)

func capabilities(c *call) (reply, error) {
	rules := []any{}
	for _, r := range [][3]string{{ruleWho, "Restrict who can move an issue", "Condition"}, {ruleNeeds, "Validate a field", "Validator"},
		{ruleSets, "Update an issue field", "Function"}, {ruleAssign, "Assign an issue", "Function"}, {ruleScreen, "Show a screen", "Screen"}} {
		rules = append(rules, object{"ruleKey": r[0], "name": r[1], "description": r[1] + " when the transition is taken.", "ruleType": r[2], "incompatibleRuleKeys": []string{},
			"isAvailableForInitialTransition": false, "isVisible": true})
	}
	return ok(object{"connectRules": []any{}, "forgeRules": []any{}, "triggerRules": []any{}, "systemRules": rules, "editorScope": "GLOBAL", "projectTypes": []string{"software", "business"}})
}

// A rule is one that a transition is given.
type rule struct {
	ID         string            `json:"id"`
	Key        string            `json:"ruleKey"`
	Parameters map[string]string `json:"parameters"`
}

func (r rule) list(name string) []string {
	return slices.DeleteFunc(strings.Split(r.Parameters[name], ","), func(s string) bool { return s == "" })
}

// A stepBody is a transition as workflows are drawn with it.
type stepBody struct {
	ID          world.Loose `json:"id"`
	Name        string      `json:"name"`
	Description string      `json:"description"`
	Type        string      `json:"type"`
	To          string      `json:"toStatusReference"`
	Links       []struct {
		From string `json:"fromStatusReference"`
	} `json:"links"`
	Conditions struct {
		Conditions []rule `json:"conditions"`
		Groups     []any  `json:"conditionGroups"`
	} `json:"conditions"`
	Validators []rule `json:"validators"`
	Actions    []rule `json:"actions"`
	Screen     *rule  `json:"transitionScreen"`
}

// step reads a transition; its statuses are still references. The texts are
// unverified.
func (c *call) step(b stepBody) (world.Transition, error) {
	t := world.Transition{ID: string(b.ID), Name: b.Name, Description: b.Description, To: b.To, Event: "issue_generic"}
	for _, l := range b.Links {
		t.From = append(t.From, l.From)
	}
	switch {
	case b.Name == "":
		return t, world.Refuse(400, "A transition has no name.")
	case !slices.Contains([]string{"INITIAL", "GLOBAL", "DIRECTED"}, b.Type):
		return t, world.Refuse(400, "The type '%s' of the transition '%s' is not valid.", b.Type, b.Name)
	case b.Type == "DIRECTED" && len(t.From) == 0, b.Type == "GLOBAL" && len(t.From) > 0:
		return t, world.Refuse(400, "The links of the transition '%s' do not fit its type.", b.Name)
	case len(b.Conditions.Groups) > 0 || len(b.Conditions.Conditions) > 1:
		return t, world.Refuse(400, "The transition '%s' has more conditions than can be kept.", b.Name)
	}
	for _, r := range b.Conditions.Conditions {
		if r.Key != ruleWho {
			return t, unknownRule(r, b)
		}
		t.Who = c.who(r)
	}
	for _, r := range b.Validators {
		if r.Key != ruleNeeds || r.Parameters["ruleType"] != "fieldRequired" {
			return t, unknownRule(r, b)
		}
		t.Required = append(t.Required, r.list("fieldsRequired")...)
	}
	for _, r := range b.Actions {
		if err := c.action(&t, r); err != nil {
			return t, err
		}
	}
	if b.Screen != nil {
		s := c.w.ScreenOf(b.Screen.Parameters["screenId"])
		if b.Screen.Key != ruleScreen || s == nil {
			return t, unknownRule(*b.Screen, b)
		}
		t.Screen = s.Fields()
	}
	for _, id := range t.Required {
		if c.w.Field(id) == nil {
			return t, world.Refuse(400, "The field '%s' of a rule does not exist.", id)
		}
	}
	return t, nil
}

func unknownRule(r rule, b stepBody) error {
	return world.Refuse(400, "The rule '%s' of the transition '%s' is not valid.", r.Key, b.Name)
}

func (c *call) who(r rule) *world.Who {
	w := &world.Who{Roles: r.list("roleIds"), Permissions: r.list("permissionKeys")}
	for _, id := range r.list("accountIds") {
		switch id {
		case "allow-assignee":
			w.Assignee = true
		case "allow-reporter":
			w.Reporter = true
		default:
			w.Users = append(w.Users, id)
		}
	}
	for _, id := range r.list("groupIds") {
		w.Groups = append(w.Groups, c.w.GroupOf(id))
	}
	return w
}

// action reads a post function.
func (c *call) action(t *world.Transition, r rule) error {
	if t.Set == nil {
		t.Set = map[string]world.Value{}
	}
	if r.Key == ruleAssign {
		switch u := c.w.User(r.Parameters["accountId"]); {
		case r.Parameters["type"] == "to-unassigned":
			t.Set["assignee"] = world.Value{}
		case r.Parameters["type"] == "to-selected-user" && u != nil:
			t.Set["assignee"] = world.Value{Text: u.ID}
		default:
			return world.Refuse(400, "The rule '%s' is not valid.", r.Key)
		}
		return nil
	}
	f, s := c.w.Field(r.Parameters["field"]), r.Parameters["value"]
	if r.Key != ruleSets || f == nil || r.Parameters["mode"] == "append" {
		return world.Refuse(400, "The rule '%s' is not valid.", r.Key)
	}
	switch f.Kind {
	case world.Line, world.Select, world.PriorityOf, world.ResolvedAs, world.Date, world.Person:
		t.Set[f.ID] = world.Value{Text: s}
	case world.Number:
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return world.Refuse(400, "The value '%s' of a rule is not a number.", s)
		}
		t.Set[f.ID] = world.Value{Number: &n}
	case world.Labels:
		t.Set[f.ID] = world.Value{List: strings.Fields(s)}
	default:
		return world.Refuse(400, "The field '%s' cannot be updated by a rule.", f.ID)
	}
	return nil
}

// actionsOf are the post functions of a transition as rules.
func actionsOf(t world.Transition) []object {
	out := []object{}
	for _, id := range sortedKeys(t.Set) {
		v := t.Set[id]
		s := v.Text + strings.Join(v.List, " ")
		if v.Number != nil {
			s = strconv.FormatFloat(*v.Number, 'f', -1, 64)
		}
		out = append(out, object{"id": world.UUID(t.ID + id), "ruleKey": ruleSets, "parameters": object{"field": id, "value": s, "mode": "replace"}})
	}
	return out
}

func validatorsOf(t world.Transition) []object {
	if len(t.Required) == 0 {
		return []object{}
	}
	return []object{{"id": world.UUID(t.ID + "required"), "ruleKey": ruleNeeds, "parameters": object{"ruleType": "fieldRequired", "fieldsRequired": strings.Join(t.Required, ","), "ignoreContext": "true"}}}
}

func (c *call) conditionOf(w world.Who) object {
	users, groups := slices.Clone(w.Users), []string{}
	if w.Assignee {
		users = append(users, "allow-assignee")
	}
	if w.Reporter {
		users = append(users, "allow-reporter")
	}
	for _, g := range w.Groups {
		groups = append(groups, world.GroupID(g))
	}
	p := object{}
	for name, list := range map[string][]string{"accountIds": users, "roleIds": w.Roles, "groupIds": groups, "permissionKeys": w.Permissions} {
		if len(list) > 0 {
			p[name] = strings.Join(list, ",")
		}
	}
	return object{"id": world.UUID(strings.Join(users, ",") + strings.Join(w.Roles, ",")), "ruleKey": ruleWho, "parameters": p}
}
