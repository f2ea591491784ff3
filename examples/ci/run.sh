#!/usr/bin/env bash
# Plays on a desk what CI does with three releases of a budget, in a folder of its own.
#
#   ./run.sh [FOLDER]      reports and the store go there; `spendaudit` must be on the path
set -uo pipefail
example=$(cd "$(dirname "$0")" && pwd)
work=${1:-$(mktemp -d)}
cp -r "$example/previous" "$example/release" "$example/restated" "$work/"
cd "$work" || exit 2
export SPENDAUDIT_STORE="$work/store"

check() { # what it shows, the expected exit code, and the variables of ci/audit.sh
    local said=$1 expected=$2
    shift 2
    env "$@" "$example/../../ci/audit.sh" >"$work/out.txt" 2>&1
    local code=$?
    echo "$said: exit code $code"
    if [ $code -ne "$expected" ]; then
        cat "$work/out.txt"
        echo "expected $expected" >&2
        exit 70
    fi
}

check "The release before" 0 INPUT_DATA=previous
check "A release that spends beyond its budget" 1 INPUT_DATA=release
spendaudit baseline write known.toml --reason "extended by decree 14/2018, see the minutes of 3 May" || exit 70
check "The same, once somebody answers for it" 0 INPUT_DATA=release INPUT_BASELINE=known.toml
check "The same release, restated" 1 INPUT_DATA=restated INPUT_BASELINE=known.toml INPUT_PREVIOUS=release
echo "Reports are in $work/spendaudit-reports"
