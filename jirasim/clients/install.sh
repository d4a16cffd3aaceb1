#!/usr/bin/env bash
# Installs the clients that are not in Go, as node/package-lock.json and
# python/requirements.txt name them.
#
#   install.sh [DIR]      DIR: ACCORD_CLIENTS, or ~/.cache/accord-clients
set -euo pipefail
cd "$(dirname "$0")"
dir=${1:-${ACCORD_CLIENTS:-${XDG_CACHE_HOME:-$HOME/.cache}/accord-clients}}
mkdir -p "$dir/node"
cp node/*.mjs node/package.json node/package-lock.json "$dir/node/"
sum=$(cat node/package-lock.json python/requirements.txt | cksum | cut -d ' ' -f 1)
[ ! -e "$dir/has-$sum" ] || exit 0
npm ci --prefix "$dir/node" --no-audit --no-fund --loglevel error </dev/null
[ -x "$dir/venv/bin/python" ] || python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check -r python/requirements.txt </dev/null
touch "$dir/has-$sum"
