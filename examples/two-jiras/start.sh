#!/bin/sh
# Two simulated Jiras and a sync between them, until it is stopped (Ctrl-C).
#
#   Cloud        http://127.0.0.1:18081  project SUP   curl -u admin@example.com:example
#   Data Center  http://127.0.0.1:18082  project DEV   curl -H 'Authorization: Bearer example'
#   Accord       http://127.0.0.1:18080
#
# What is said behind it goes to accord serve: start.sh --as-lambda.
#
# cloud.json and datacenter.json are what the two begin with. They work on copies
# in state/, which also holds what Accord remembers: remove it to begin anew.
set -eu
cd "$(dirname "$0")"
mkdir -p state
(cd ../.. && go build -o examples/two-jiras/state/ ./cmd/accord ./cmd/jirasim)
for site in cloud datacenter; do
	[ -e "state/$site.json" ] || cp "$site.json" state/
done

rm -f state/*.log
state/jirasim --flavour cloud --listen 127.0.0.1:18081 --data state/cloud.json >state/cloud.log 2>&1 &
cloud=$!
state/jirasim --flavour datacenter --listen 127.0.0.1:18082 --data state/datacenter.json >state/datacenter.log 2>&1 &
datacenter=$!
accord=

stop() {
	trap - EXIT INT TERM
	[ -z "$accord" ] || { kill "$accord" 2>/dev/null || true; wait "$accord" || true; }
	kill "$cloud" "$datacenter" 2>/dev/null || true
	wait
}
trap stop EXIT
trap 'stop; exit 0' TERM
# Ctrl-C has reached accord too, whose orderly end a second signal would cut short.
trap 'sleep 1; stop; exit 0' INT

# Each says where it listens once it does; one that cannot says why.
for site in cloud datacenter; do
	tries=0
	until grep -qs ' at http://' "state/$site.log"; do
		tries=$((tries + 1))
		[ "$tries" -lt 50 ] || { cat "state/$site.log" >&2; exit 1; }
		sleep 0.1
	done
	cat "state/$site.log"
done
state/accord hooks register
state/accord sweep --all
state/accord serve "$@" &
accord=$!
wait "$accord"
