#!/usr/bin/env bash
# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes .venv: the locked development dependencies and the link tree through which Ansible finds this checkout.
# Takes the interpreter named by PYTHON, else the first Python 3.11 or newer that it finds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

find_python() {
    local name
    for name in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
        # sys.executable, because a shim of pyenv works only with the version that is switched on.
        "$name" -c 'import sys; sys.version_info < (3, 11) and sys.exit(1); print(sys.executable)' 2>/dev/null && return
    done
    echo "setup: needs Python 3.11 or newer; install it or name it: make setup PYTHON=/path/to/python3" >&2
    return 1
}

need_venv_module() {
    local python=$1 package
    "$python" -c 'import ensurepip, venv' 2>/dev/null && return
    package=python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv
    if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
        echo "setup: $python cannot make virtual environments; install the system package $package first" >&2
        return 1
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package"
}

python=$(find_python)
need_venv_module "$python"
"$python" -m venv .venv

# The locked uv fetches all the rest in seconds, where pip takes minutes.
sed -n '/^uv==/,/[^\\]$/p' requirements-dev.txt >.venv/uv.txt
.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt
UV_PYTHON_DOWNLOADS=never .venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes requirements-dev.txt

mkdir -p .venv/collections/ansible_collections/dirsync
ln -sfn ../../../.. .venv/collections/ansible_collections/dirsync/bitwarden
touch .venv/complete
.venv/bin/ansible --version | sed -n '1s/^/setup: .venv is ready with /p'
