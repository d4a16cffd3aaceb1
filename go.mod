module example.com/accord

go 1.26.0

require (
	github.com/goccy/go-yaml v1.19.2 // accord.yaml: keeps line and column of every node, so that a fault can name them
	github.com/google/go-cmp v0.7.0 // tests: readable differences
	github.com/rogpeppe/go-internal v1.16.0 // tests: txtar stories and testscript for the command line
	github.com/spf13/cobra v1.10.2 // the command line: completion, help and man pages as users know them
	golang.org/x/term v0.47.0 // is it a terminal?
	golang.org/x/time v0.16.0 // token buckets for the limits of each site
	modernc.org/sqlite v1.62.0 // the embedded store: SQLite without cgo, so one static binary, and it works under synctest
	pgregory.net/rapid v1.3.0 // tests: laws by random search with shrinking
)

require (
	github.com/dustin/go-humanize v1.1.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/ncruces/go-strftime v1.1.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	github.com/spf13/pflag v1.0.9 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/tools v0.52.0 // indirect
	modernc.org/libc v1.80.1 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
)
