package jirasim

import (
	"archive/zip"
	"bytes"
	"path"

	"example.com/accord/jirasim/world"
)

func archiveRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/attachment/{attachment}/expand/human", both, onAttachment(expand(true)), "archives but zip", "", 0, false},
		{"GET", "/rest/api/{v}/attachment/{attachment}/expand/raw", both, onAttachment(expand(false)), "archives but zip", "", 0, false},
	}
}

// mostEntries is how many entries of an archive are listed; unverified.
const mostEntries = 100

// expand lists what is in a zip archive: for people, or for programs.
func expand(human bool) func(*call, *world.Issue, *world.Attachment) (reply, error) {
	return func(c *call, _ *world.Issue, a *world.Attachment) (reply, error) {
		z, err := zip.NewReader(bytes.NewReader(a.Content), int64(len(a.Content)))
		if err != nil {
			return reply{}, world.Refuse(409, "The attachment with id '%s' is not an archive that can be expanded.", a.ID) // unverified
		}
		out := []any{}
		for n, f := range page(z.File, 0, mostEntries) {
			size := int64(min(f.UncompressedSize64, 1<<40)) // an archive may lie
			if human {
				out = append(out, object{"path": f.Name, "index": n, "size": sized(int(size)), "mediaType": kindOf(f.Name), "label": path.Base(f.Name)})
			} else {
				out = append(out, object{"name": f.Name, "entryIndex": n, "size": size, "mediaType": kindOf(f.Name), "abbreviatedName": path.Base(f.Name)})
			}
		}
		o := object{"entries": out, "totalEntryCount": len(z.File)}
		if human {
			o["id"], o["name"], o["mediaType"] = number(a.ID), a.Name, a.Type
		}
		return ok(o)
	}
}

// kindOf is the type of a file by its name.
func kindOf(name string) string {
	if t := byName(name); t != "" {
		return t
	}
	return "application/octet-stream"
}
