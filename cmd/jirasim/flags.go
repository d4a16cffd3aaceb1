package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"example.com/accord/jirasim"
)

// settings are what the command line says.
type settings struct {
	options  jirasim.Options
	accounts []jirasim.Account
	faults   []string // profiles, files and JSON, in their order
	listen   string
	data     string // file of the state; empty: none
}

// read reads the command line.
func read(args []string, out io.Writer) (settings, error) {
	s := settings{}
	fs := flag.NewFlagSet("jirasim", flag.ContinueOnError)
	fs.SetOutput(out)
	flavour := fs.String("flavour", "cloud", "`kind` of Jira: cloud or datacenter")
	fs.StringVar(&s.listen, "listen", "127.0.0.1:0", "`address` to listen at; port 0 takes a free one")
	fs.StringVar(&s.data, "data", "", "JSON `file` in which the state is kept; empty: it is forgotten at the end")
	fs.StringVar(&s.options.PublicURL, "public-url", "", "`start` of self links, when it is not the listening address")
	fs.StringVar(&s.options.MediaURL, "media-url", "", "`start` of the addresses of files on Cloud; default: the listening address by its other name, localhost or 127.0.0.1")
	fs.Uint64Var(&s.options.Seed, "seed", 0, "`number` that decides ids and every chance")
	fs.IntVar(&s.options.Samples, "samples", 0, "`number` of sample issues in a new site")
	lag := fs.Duration("search-lag", 2*time.Second, "longest `time` until a search shows a change; 0: none")
	fs.Func("faults", "what goes wrong, several times: a profile ("+strings.Join(jirasim.Profiles(), ", ")+"), a `FILE`, or the JSON itself, as POST /_sim/faults takes it", func(v string) error {
		s.faults = append(s.faults, v)
		return nil
	})
	fs.BoolVar(&s.options.Unlimited, "no-limits", false, "no rate limits on Cloud")
	fs.Func("project", "`KEY=Name` of a project, several times; without: SUP on Cloud, DEV on Data Center", func(v string) error {
		key, name, _ := strings.Cut(v, "=")
		if !isKey(key) {
			return fmt.Errorf("a key is two or more capital letters and digits, not %q", key)
		}
		if name == "" {
			name = key
		}
		s.options.Projects = append(s.options.Projects, jirasim.Project{Key: key, Name: name})
		return nil
	})
	s.people(fs)
	fs.Func("app", "`ID,SECRET,CALLBACK[,EMAIL]` of an OAuth 2.0 app, several times; EMAIL consents; without: the administrator", func(v string) error {
		a, err := app(v)
		s.options.Apps = append(s.options.Apps, a)
		return err
	})
	if err := fs.Parse(args); err != nil {
		return s, err
	}
	if fs.NArg() > 0 {
		return s, fmt.Errorf("unknown argument %q", fs.Arg(0))
	}
	switch s.options.Flavour = jirasim.Flavour(*flavour); s.options.Flavour {
	case jirasim.Cloud, jirasim.DataCenter:
	default:
		return s, fmt.Errorf("flavour must be cloud or datacenter, not %q", *flavour)
	}
	fs.Visit(func(f *flag.Flag) {
		if f.Name != "search-lag" {
			return
		}
		if s.options.Lag = *lag; *lag <= 0 {
			s.options.Lag = -1
		}
	})
	return s, s.complete()
}

func isKey(s string) bool {
	return len(s) >= 2 && s[0] >= 'A' && s[0] <= 'Z' && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

func app(v string) (jirasim.App, error) {
	parts := strings.Split(v, ",")
	if len(parts) < 3 || len(parts) > 4 || parts[0] == "" || parts[1] == "" || !strings.Contains(parts[2], "://") {
		return jirasim.App{}, fmt.Errorf("an app is ID,SECRET,CALLBACK or ID,SECRET,CALLBACK,EMAIL")
	}
	a := jirasim.App{ID: parts[0], Secret: parts[1], Callback: parts[2]}
	if len(parts) == 4 {
		a.Account = parts[3]
	}
	return a, nil
}
