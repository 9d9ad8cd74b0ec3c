#!/usr/bin/env bash
# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes the image localhost/dirsync-base unless podman has it: Debian 12 with systemd, cron, Python and pip, built from
# Debian's packages, because no registry is needed then. Run podman with CONTAINERS_CONF=tests/tools/containers.conf.
set -euo pipefail
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export CONTAINERS_CONF=$tools/containers.conf
image=localhost/dirsync-base:latest

"$tools/system_packages.sh" podman buildah runc netavark aardvark-dns uidmap fuse-overlayfs slirp4netns iptables \
    debootstrap debian-archive-keyring
# Two test runs on one machine wait for each other instead of building twice.
exec 9>/tmp/dirsync-container-base.lock
flock 9
if podman image exists "$image"; then exit 0; fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase \
    --include=systemd,systemd-sysv,dbus,python3,python3-apt,python3-pip,python3-venv,cron,ca-certificates,git,sudo,iproute2,procps \
    bookworm "$root" >"$root.log" || { tail -n 30 "$root.log" >&2; exit 1; }
rm -rf "$root.log" "$root"/var/cache/apt/archives/*.deb
# What this machine trusts, for networks behind a proxy with an authority of its own.
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
tar --directory "$root" --create . | podman import --change 'CMD ["/sbin/init"]' - "$image" >/dev/null
