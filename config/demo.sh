#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The main job in one go, without hardware: simulated meters on a pseudo terminal are read through the store into CSV
# files. usage: demo.sh BUILD_FOLDER [STATE_FOLDER]
set -eu

source_root="$(cd "$(dirname "$0")/.." && pwd)"
build="$(cd "$1" && pwd)"
state="${2:-$build/demo}"

# once more, where the program and its plugins are found
if [ "${AMSEL_DEMO:-}" != "$build" ]; then
  AMSEL_DEMO="$build"
  export AMSEL_DEMO
  exec meson devenv -C "$build" --workdir "$source_root" sh "$source_root/config/demo.sh" "$build" "$state"
fi

rm -rf "$state"
mkdir -p "$state"
AMSEL_STATE="$state"
AMSEL_LINE="$state/line"
export AMSEL_STATE AMSEL_LINE

echo "1. Starting simulated meters: config/simulate/building.yaml"
mkfifo "$state/ready"
amsel simulate config/simulate/building.yaml --pty "$AMSEL_LINE" \
  --speed fast >"$state/ready" &
simulator=$!
trap 'kill "$simulator" 2>/dev/null || true' EXIT INT TERM
read -r line <"$state/ready"
echo "   $line"

echo "2. Looking which meters there are: amsel scan"
amsel scan --line "$AMSEL_LINE" --strategy primary --last 64 | sed 's/^/   /'

echo "3. Reading them once: config/demo.yaml"
status=0
amsel run config/demo.yaml --once || status=$?
# one of the meters is dead on purpose, so that a failure can be seen: status 1 says that some work failed
if [ "$status" -gt 1 ]; then
  exit "$status"
fi

echo "4. What was read:"
echo
awk -F, '{ sub(/\r$/, "") }
  NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
  $column["quantity"] ~ /^(energy|volume|power|heat-cost-allocation)$/ && $column["value"] != "" &&
  $column["storage"] == 0 && !seen[$column["meter"] $column["quantity"]]++ {
    printf "   %-20s %-22s %16s %s\n", $column["meter"], $column["quantity"], $column["value"], $column["unit"]
  }
  $column["quality"] != "good" {
    error = $0
    sub(/^[^"]*"/, "", error)
    sub(/"$/, "", error)
    printf "   %-20s %s: %s\n", $column["meter"], $column["quality"], error
  }
' "$state"/csv/*.csv
echo
echo "5. Files written:"
find "$state" -type f -size +0 | sort | sed 's/^/   /'
