#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The program doorstep-courier as a script meets it: exit codes, JSON, one contact, watching.
#   test-courier.sh PROGRAM
set -u
program=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
count=0
failed=0

# expect NAME CODE WORDS COMMAND…: the exit code, and WORDS somewhere in what it printed
expect() {
  local name=$1 code=$2 words=$3 got said
  shift 3
  said=$("$@" 2>&1)
  got=$?
  count=$((count + 1))
  if [ "$got" -eq "$code" ] && [[ $said == *"$words"* ]]; then
    echo "ok $count - $name"
  else
    failed=1
    echo "not ok $count - $name"
    echo "# exit $got, expected $code with \"$words\"; it said:"
    printf '%s\n' "$said" | sed 's/^/# /'
  fi
}

unset DOORSTEP_HOME
home=$work/home
mkdir "$home"
git init -q --bare "$work/unit-1.git"

expect "no verb" 64 "say run, sync, status, identity or drive FOLDER" "$program" --home "$home"
expect "unknown verb" 64 "is no verb" "$program" fetch --home "$home"
expect "no home" 64 "--home DIR is missing" "$program" sync
expect "unknown option" 64 "--passphrase" "$program" sync --passphrase x
expect "drive without a folder" 64 "drive takes the folder" "$program" drive --home "$home"
expect "drive with a bad part" 64 "--part-size" "$program" drive --home "$home" --part-size -1 "$work"
expect "drive, not enrolled" 65 "enrol it first" "$program" drive --home "$home" "$work"
expect "bad watch" 64 "--watch" "$program" sync --home "$home" --watch -1
expect "help shows examples" 0 "Examples:" "$program" --help
expect "version" 0 "doorstep-courier " "$program" --version
expect "not enrolled" 65 "enrol it first" "$program" sync --home "$home"
expect "error as JSON" 65 '"not-found"' "$program" sync --home "$home" --json
expect "status before anything" 0 "last contact: never" "$program" status --home "$home"

echo '{"carrier": "path", "unit": "unit-1", "path": "'"$work"'/none.git"}' >"$home/courier.json"
expect "station away" 75 "is its disk connected" "$program" sync --home "$home"
echo '{"carrier": "ssh", "unit": "unit-1", "host": "-oProxyCommand=id"}' >"$home/courier.json"
expect "host that is an option" 65 '"host"' "$program" sync --home "$home"
echo '{"carrier": "ssh", "unit": "unit-1", "host": "127.0.0.1"}' >"$home/courier.json"
expect "nothing pinned" 77 "pin the station's host key first" "$program" sync --home "$home"

echo '{"carrier": "drive", "unit": "unit-1"}' >"$home/courier.json"
mkdir "$work/stick"
expect "no network at all" 77 "run doorstep-courier drive FOLDER" "$program" sync --home "$home"
expect "an empty drive" 0 "0 of 0 waiting bundles" "$program" drive --home "$home" "$work/stick"
expect "a drive as JSON" 0 '"messages" : 0' "$program" drive --home "$home" "$work/stick" --json
expect "no drive there" 65 "No such file" "$program" drive --home "$home" "$work/none"
expect "no folder" 65 "is no folder" "$program" drive --home "$home" "$home/courier.json"
expect "drive, busy" 69 "another courier works" \
  flock "$home/depot/lock" "$program" drive --home "$home" "$work/stick"

echo '{"carrier": "path", "unit": "unit-1", "path": "'"$work"'/unit-1.git"}' >"$home/courier.json"
expect "a contact" 0 "0 bundles in the spool" "$program" sync --home "$home"
expect "a contact as JSON" 0 '"handed-over" : 0' "$program" sync --home "$home" --json
expect "status after" 0 "last contact: 20" env DOORSTEP_HOME="$home" "$program" status
expect "busy" 69 "another courier works" \
  flock "$home/depot/lock" "$program" sync --home "$home"
# A plain TERM: `timeout` sends CONT behind it, which takes the leak checker's STOP away and hangs it.
watch_and_stop() {
  local pid
  "$program" sync --home "$home" --watch 1 &
  pid=$!
  sleep 2
  kill -TERM "$pid"
  wait "$pid"
}
expect "watching ends in order" 0 "0 bundles in the spool" watch_and_stop

echo "1..$count"
exit $failed
