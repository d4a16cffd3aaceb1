#!/bin/sh
# Two simulated Jiras and a sync between them, until it is stopped (Ctrl-C).
#
#   Cloud        http://127.0.0.1:18081  project SUP   curl -u admin@example.com:example
#   Data Center  http://127.0.0.1:18082  project DEV   curl -H 'Authorization: Bearer example'
#   Accord       http://127.0.0.1:18080
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

state/jirasim --flavour cloud --listen 127.0.0.1:18081 --data state/cloud.json &
cloud=$!
state/jirasim --flavour datacenter --listen 127.0.0.1:18082 --data state/datacenter.json &
datacenter=$!
accord=

stop() {
	trap - EXIT INT TERM
	[ -z "$accord" ] || { kill "$accord" 2>/dev/null || true; wait "$accord" || true; }
	kill "$cloud" "$datacenter" 2>/dev/null || true
	wait
}
trap stop EXIT
trap 'stop; exit 0' INT TERM

tries=0
while sleep 0.2; do
	kill -0 "$cloud" && kill -0 "$datacenter" # else one could not start, and said why
	state/accord hooks register 2>state/start.log && break
	tries=$((tries + 1))
	[ "$tries" -lt 50 ] || { cat state/start.log >&2; exit 1; }
done
state/accord sweep --all
state/accord serve &
accord=$!
wait "$accord"
