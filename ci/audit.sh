#!/usr/bin/env bash
# Audits a release in CI: the same steps in a GitHub Action, in a GitLab job and on a desk.
#
#   INPUT_DATA       files, folders or a store, one a line
#   INPUT_SELECT     rules to ask (all)                  INPUT_BASELINE   findings that are answered for (none)
#   INPUT_FAIL_ON    low, medium, high or never (high)   INPUT_PREVIOUS   the release before this one (none)
#   INPUT_CONFIG     a spendaudit.toml (the nearest)     INPUT_REPORTS    folder for reports (spendaudit-reports)
#
# Exits as `spendaudit audit` does; where that is content, and there is a release before this one, with 1 if
# this one has changed rows of months that both cover.
set -uo pipefail

data=()
while IFS= read -r line; do
    [ -z "$line" ] || data+=("$line")
done <<<"${INPUT_DATA:-}"
if [ ${#data[@]} -eq 0 ]; then
    echo "error: no data to audit: INPUT_DATA names files, folders or a store, one a line" >&2
    exit 2
fi

reports=${INPUT_REPORTS:-spendaudit-reports}
mkdir -p "$reports"
options=(--fail-on "${INPUT_FAIL_ON:-high}")
[ -z "${INPUT_SELECT:-}" ] || options+=(--select "$INPUT_SELECT")
[ -z "${INPUT_BASELINE:-}" ] || options+=(--baseline "$INPUT_BASELINE")
[ -z "${INPUT_CONFIG:-}" ] || options+=(--config "$INPUT_CONFIG")

# On GitHub the findings are printed as annotations, and summed up on the page of the step.
printed=table
[ "${GITHUB_ACTIONS:-}" != true ] || printed=github

spendaudit audit "${data[@]}" "${options[@]}" --output-format "$printed" \
    --output "$reports/findings.sarif" --output "$reports/findings.csv" --output "$reports/findings.md" \
    --output "$reports/junit.xml" --output "$reports/gl-code-quality-report.json"
code=$?
[ $code -eq 0 ] && [ -n "${INPUT_PREVIOUS:-}" ] || exit $code

if [ ${#data[@]} -gt 1 ]; then
    echo "error: one release is compared with the one before: name the folder that holds its files" >&2
    exit 2
fi
exec spendaudit diff "$INPUT_PREVIOUS" "${data[0]}" "${options[@]}" --fail-on-restated --output "$reports/changes.md"
