#!/usr/bin/env bash
# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs ansible-test sanity without containers; compile and import tests on every supported Python that is installed.
# Arguments go to ansible-test.
set -euo pipefail
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# ansible-test fetches a bootstrap script of pip unless its cache holds one.
cache=$HOME/.ansible/test/cache
mkdir -p "$cache"
for version in 23_1_2 24_2 25_2; do
    cp "$tools/get_pip_shim.py" "$cache/get_pip_$version.py"
done

# ansible-test fails on the shims of pyenv: put the interpreters behind them in their place.
folders=()
IFS=: read -ra searched <<<"$PATH"
for folder in "${searched[@]}"; do
    if [[ $folder == */shims ]]; then folders+=("${folder%shims}"versions/3.*/bin); else folders+=("$folder"); fi
done
PATH=$(IFS=: && echo "${folders[*]}")
export PATH

"$tools/staged.sh" ansible-test sanity --local --color no "$@"
