# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example repository: the steps of both pipelines run as they are written, against a real directory and emulators.

Left out is only pipeline/install, which fetches what this environment already has; the addresses of the directory and
of the organizations are those of servers that exist here. The command ``gh`` is a stand-in that notes what it is told.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.pipeline_services import PipelineServices

EXAMPLE = Path(__file__).parents[3] / "examples" / "gitops"
PASSWORD = "example"
ANN = """\
dn: uid=ann,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: ann
cn: Ann
sn: Example
mail: ann@example.org

dn: cn=team-blue,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: team-blue
member: uid=ann,ou=people,dc=example,dc=org
"""


class Repository:
    """A copy of the example, with the secrets of servers that exist, and the steps of its pipelines."""

    def __init__(self, folder: Path, services: PipelineServices) -> None:
        self.folder = folder
        self.commented = folder / "commented.md"
        commands = folder.parent / "commands"
        commands.mkdir()
        (commands / "gh").write_text(f'#!/bin/sh\ntest "$GH_TOKEN" && test "$3" = 7 && cp "$5" {self.commented}\n')
        (commands / "gh").chmod(0o755)
        self._environment = {
            **os.environ,
            "PATH": f"{commands}:{os.environ['PATH']}",
            "HOME": str(folder.parent),
            "CI_API_V4_URL": services.url,
            "CI_PROJECT_ID": "3",
            "CI_MERGE_REQUEST_IID": "7",
            "COMMENT_TOKEN": services.token,
            "ANSIBLE_VAULT_PASSWORD": PASSWORD,
            "VAULT_ADDR": services.url,
            "VAULT_TOKEN": services.token,
        }
        self._expressions = {
            "vars.VAULT_ADDR": services.url,
            "secrets.ANSIBLE_VAULT_PASSWORD": PASSWORD,
            "secrets.VAULT_TOKEN": services.token,
            "github.token": "a-token",
            "github.event.pull_request.number": "7",
        }

    def github(self, job: str) -> subprocess.CompletedProcess[str]:
        """Run the steps of a job of the GitHub workflow; a step after a failed one runs if it says ``always()``."""
        workflow = yaml.safe_load((self.folder / ".github/workflows/directory-sync.yml").read_text())
        steps = workflow["jobs"][job]["steps"]
        assert [step.get("run", step.get("uses")) for step in steps[:2]] == ["actions/checkout@v4", "pipeline/install"]
        done = subprocess.CompletedProcess("", 0, "", "")
        for step in steps[2:]:
            if done.returncode == 0 or "always()" in step.get("if", ""):
                environment = self._filled({**workflow["env"], **step.get("env", {})})
                done = self._next(done, step["run"], environment)
        return done

    def gitlab(self, job: str) -> subprocess.CompletedProcess[str]:
        """Run the script of a job of the GitLab pipeline, and what comes after it in any case."""
        pipeline = yaml.safe_load((self.folder / ".gitlab-ci.yml").read_text())
        assert pipeline["default"]["before_script"] == ["pipeline/install"]
        done = subprocess.CompletedProcess("", 0, "", "")
        done = self._next(done, "set -e\n" + "\n".join(pipeline[job]["script"]), pipeline["variables"])
        for line in pipeline[job].get("after_script", ()):
            done = self._next(done, line, pipeline["variables"])
        return done

    def _filled(self, environment: Mapping[str, str]) -> dict[str, str]:
        return {
            name: re.sub(r"\$\{\{ (.*?) \}\}", lambda found: self._expressions[found[1]], value)
            for name, value in environment.items()
        }

    def _next(
        self, before: subprocess.CompletedProcess[str], script: str, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a script; what is returned has failed if it or what came before has."""
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={**self._environment, **environment},
        )
        status = before.returncode or done.returncode
        return subprocess.CompletedProcess(script, status, before.stdout + done.stdout, "")


@pytest.fixture
def acme(bitwarden_server: StartBitwarden) -> BitwardenServer:
    return bitwarden_server(tls=True)


@pytest.fixture
def globex(bitwarden_server: StartBitwarden) -> BitwardenServer:
    return bitwarden_server(tls=True)


@pytest.fixture
def services(globex: BitwardenServer) -> Iterator[PipelineServices]:
    key = {"client_id": globex.client_id, "client_secret": globex.client_secret}
    with PipelineServices({"bitwarden/globex": key}) as running:
        yield running


@pytest.fixture
def repository(
    tmp_path: Path, slapd: Slapd, acme: BitwardenServer, globex: BitwardenServer, services: PipelineServices
) -> Repository:
    slapd.load(ANN)
    folder = tmp_path / "repository"
    shutil.copytree(EXAMPLE, folder)
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "collections").symlink_to(os.environ["ANSIBLE_COLLECTIONS_PATH"])
    host_vars = folder / "inventory" / "host_vars"
    encrypt(
        host_vars / "acme" / "vault.yml",
        {
            "vault_bitwarden_client_id": acme.client_id,
            "vault_bitwarden_client_secret": acme.client_secret,
            "vault_ldap_password": slapd.reader_password,
        },
    )
    relocate(host_vars / "acme" / "main.yml", "region: eu", acme, slapd)
    relocate(host_vars / "globex" / "main.yml", "server_url: https://vault.globex.example", globex, slapd)
    return Repository(folder, services)


def encrypt(path: Path, content: Mapping[str, str]) -> None:
    """Write encrypted variables in place of those of the example, which open with the password that it tells."""
    password = path.parents[4] / "password"
    password.write_text(PASSWORD)
    options = ["--vault-password-file", str(password)]
    shown = subprocess.run(["ansible-vault", "view", *options, str(path)], capture_output=True, text=True, check=True)
    assert set(yaml.safe_load(shown.stdout)) == set(content)
    path.write_text(yaml.safe_dump(dict(content)))
    subprocess.run(["ansible-vault", "encrypt", *options, str(path)], capture_output=True, check=True)


def relocate(path: Path, address: str, organization: BitwardenServer, slapd: Slapd) -> None:
    """Put servers that exist into the variables of an organization."""
    text = path.read_text()
    assert f"  {address}\n" in text
    text = text.replace(address, f"server_url: {organization.url}\n  ca_file: {organization.ca_file}")
    text = text.replace("    ldap:\n", f"    ldap:\n      ca_file: {slapd.ca_file}\n")
    path.write_text(re.sub(r"ldaps://ldap\d\.example\.org", slapd.ldaps_url, text))


def test_github_previews_comments_converges_and_looks_for_drift(
    repository: Repository, acme: BitwardenServer, globex: BitwardenServer
) -> None:
    done = repository.github("preview")
    assert done.returncode == 0, done.stdout
    comment = repository.commented.read_text()
    assert comment.startswith("# acme\n")
    assert "# globex\n" in comment
    assert "ann@example.org" in comment
    assert "bob@globex.example" in comment
    assert acme.organization.members().keys().isdisjoint({"ann@example.org"})

    done = repository.github("drift")
    assert done.returncode != 0
    assert "acme.json: " in done.stdout
    done = repository.github("sync")
    assert done.returncode == 0, done.stdout
    assert "ann@example.org" in acme.organization.members()
    assert "bob@globex.example" in globex.organization.members()
    done = repository.github("drift")
    assert done.returncode == 0, done.stdout
    assert "No drift." in done.stdout


def test_gitlab_comments_also_on_a_preview_that_fails(repository: Repository, services: PipelineServices) -> None:
    (repository.folder / "directory" / "globex.yml").write_text("users: []\ngroups: []\n")
    done = repository.gitlab("preview")
    assert done.returncode != 0
    [(path, comment)] = services.notes
    assert path == "/projects/3/merge_requests/7/notes"
    assert comment.startswith("# acme\n")
    assert "ann@example.org" in comment


def test_the_check_names_the_place_of_a_mistake_without_any_secret(repository: Repository) -> None:
    path = repository.folder / "inventory" / "host_vars" / "acme" / "main.yml"
    path.write_text(path.read_text().replace("bind_dn:", "bind_user:"))
    (repository.folder / "inventory" / "host_vars" / "acme" / "vault.yml").unlink()
    done = subprocess.run(["pipeline/check"], cwd=repository.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "host_vars/acme/main.yml::$.bitwarden_sync_sources[0].ldap" in done.stdout
    assert "'bind_user' was unexpected" in done.stdout


def test_a_comment_on_many_people_is_cut_between_two_lines(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE / "pipeline", tmp_path / "pipeline")
    line = "| invite | zoë@example.org |"
    report = f"i=0; while [ $i -lt 2000 ]; do echo '{line}'; i=$((i + 1)); done"
    playbook = tmp_path / ".venv" / "bin" / "ansible-playbook"
    playbook.parent.mkdir(parents=True)
    playbook.write_text(f"#!/bin/sh\n{{ {report}; }} | tee reports/acme.md >reports/globex.md\nexit 2\n")
    playbook.chmod(0o755)
    done = subprocess.run(["pipeline/preview"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    comment = (tmp_path / "preview.md").read_text()
    assert 64_000 < len(comment.encode()) <= 65_536
    *shown, _unused, last = comment.splitlines()
    assert last == "Cut off here: the log of this job shows the rest."
    assert set(shown) == {"# acme", "# globex", "", line}


def test_previews_of_one_pull_request_do_not_end_those_of_another() -> None:
    workflow = yaml.safe_load((EXAMPLE / ".github/workflows/directory-sync.yml").read_text())
    # GitHub keeps one waiting run in a group, and cancels any other that waits.
    assert "${{ github.event.pull_request.number }}" in workflow["concurrency"]["group"]
