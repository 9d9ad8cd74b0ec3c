#!/usr/bin/env bash
# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs the tests with every supported ansible-core on the Pythons at hand, and Galaxy's own checks on the built collection.
# The oldest fitting Python takes the lowest versions that requirements.txt allows, the newest one the newest versions.
# Usage: tests/tools/matrix.sh [CORE...], for instance 2.16 2.21; writes build/matrix/table.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tools=$PWD/tests/tools
folder=$PWD/build/matrix
table=$folder/table.md
export UV_PYTHON_DOWNLOADS=never

declare -A supported=([2.16]="3.10 3.11 3.12" [2.19]="3.11 3.12 3.13" [2.20]="3.12 3.13 3.14" [2.21]="3.12 3.13 3.14")

# Prints the path of an interpreter: one on PATH, else one of pyenv, whose shims work for the version that is switched on only.
find_python() {
    local candidate
    for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
        "$candidate" -c 'import ensurepip, sys; print(sys.executable)' 2>/dev/null && return
    done
    return 1
}

# Makes an environment with one ansible-core: environment FOLDER PYTHON CORE RESOLUTION
environment() {
    uv venv --quiet --clear --python "$2" "$1"
    uv pip compile --quiet --python "$1/bin/python" --resolution "$4" --output-file "$1/runtime.txt" \
        requirements.txt - <<<"ansible-core==$3.*"
    uv pip install --quiet --python "$1/bin/python" --requirements "$1/runtime.txt" --requirements tests/unit/requirements.txt
}

# Runs one check and adds its outcome to the table: check ROW NAME COMMAND...
check() {
    local log=$folder/${1// /-}-$2.log outcome=passed
    echo "matrix: $1: $2"
    "${@:3}" >"$log" 2>&1 || outcome="**failed**"
    local found
    found=$(grep -oE '[0-9]+ (passed|failed)[^=]* in [0-9.]+s' "$log" | tail -n 1 || true)
    echo "| $1 | $2 | $outcome${found:+: $found} |" >>"$table"
    if [[ $outcome != passed ]]; then
        tail -n 40 "$log" >&2
        failed=1
    fi
}

# Runs all checks of one row: row CORE PYTHON-VERSION PYTHON RESOLUTION
row() {
    local versions=newest environment
    [[ $4 == highest ]] || versions=lowest
    local name="ansible-core $1, Python $2, $versions versions"
    environment=$folder/$1-$2-$versions
    environment "$environment" "$3" "$1" "$4"
    # With CI set a skipped test is a failure; here some are skipped that old versions of a dependency do not allow.
    check "$name" unit env --unset=CI "$environment/bin/python" -m pytest tests/unit -n 2 -q --timeout=600
    check "$name" playbooks "$environment/bin/python" -m pytest tests/integration/test_ldap_to_bitwarden.py -q
    if [[ $4 == highest ]]; then
        check "$name" sanity env PATH="$environment/bin:$PATH" "$tools/sanity.sh" --python "$2"
    fi
}

# Runs Galaxy's own checks on the built collection and fails on any remark of theirs.
# shellcheck disable=SC2317 # check calls it by name
galaxy_import() {
    local output status=0
    # It leaves its result in the working directory.
    output=$(cd "$folder" && PATH="$folder/importer/bin:$PATH" GALAXY_IMPORTER_CONFIG="$tools/galaxy_importer.cfg" \
        importer/bin/python -m galaxy_importer.main "$tools"/../../dist/*.tar.gz 2>&1) || status=1
    echo "$output"
    # ansible-lint 26.10 does not find playbooks of the collection where the importer unpacks it.
    local known='^WARNING: ERROR +Failed to find dirsync\.bitwarden\.(awx|preview|sync) playbook\.$'
    ((status == 0)) && ! grep -vE "$known" <<<"$output" | grep -qE '^(WARNING|ERROR)'
}

# The importer wants an environment of its own, since it pins what it uses.
importer() {
    uv venv --quiet --clear --python .venv/bin/python "$folder/importer"
    uv pip install --quiet --python "$folder/importer/bin/python" galaxy-importer
    "$tools/build.sh" >/dev/null
    check "Galaxy's importer" import galaxy_import
}

mkdir -p "$folder"
printf '| with | check | outcome |\n| --- | --- | --- |\n' >"$table"
failed=0
cores=("$@")
((${#cores[@]})) || cores=(2.16 2.19 2.20 2.21)
for core in "${cores[@]}"; do
    oldest="" newest=""
    for version in ${supported[$core]}; do
        find_python "$version" >/dev/null || continue
        oldest=${oldest:-$version}
        newest=$version
    done
    if [[ -z $oldest ]]; then
        echo "matrix: ansible-core $core needs one of Python ${supported[$core]}, and none is installed" >&2
        echo "| ansible-core $core | | left out: no Python of ${supported[$core]} here |" >>"$table"
        continue
    fi
    row "$core" "$oldest" "$(find_python "$oldest")" lowest-direct
    row "$core" "$newest" "$(find_python "$newest")" highest
done
importer
cat "$table"
exit "$failed"
