# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.venv/collections

CHECKS := lint types unit contract faults integration molecule sanity docs site build
SCHEDULE_LOCK := roles/directory_sync_schedule/files
SCRIPTS := .ci/run $(wildcard tests/tools/*.sh examples/gitops/pipeline/*)

.DEFAULT_GOAL := help
.PHONY: help setup lock schema demo bench chaos matrix mutants test $(CHECKS)

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: .venv/complete ## Make .venv with the locked development dependencies

.venv/complete: requirements-dev.txt tests/tools/setup.sh
	tests/tools/setup.sh

lock: setup ## Write the locked requirements anew, for development and for scheduled runs
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes requirements-dev.in -o requirements-dev.txt
	cd $(SCHEDULE_LOCK) && uv pip compile --quiet --upgrade --universal --python-version 3.10 --generate-hashes requirements.in -o requirements.txt

schema: setup ## Write docs/inventory.schema.json anew from the argument specifications
	@PYTHONPATH=$(ANSIBLE_COLLECTIONS_PATH) python tests/tools/inventory_schema.py

demo: setup ## A directory and an organization on this machine, and the real playbook three times
	@[ "$$(id -u)" != 0 ] || tests/tools/system_packages.sh slapd ldap-utils
	@PYTHONPATH=.venv/collections exec python -m ansible_collections.dirsync.bitwarden.tests.demo.demo

bench: setup ## Compare speed and memory with other readers, into build/bench.json; CASES="..." chooses some
	@[ "$$(id -u)" != 0 ] || tests/tools/system_packages.sh slapd ldap-utils gcc libldap-dev libsasl2-dev
	PYTHONPATH=$(ANSIBLE_COLLECTIONS_PATH) python -m ansible_collections.dirsync.bitwarden.tests.bench.run

matrix: setup ## The tests with every ansible-core on the Pythons at hand, and Galaxy's checks; CORES="2.16" chooses some
	@[ "$$(id -u)" != 0 ] || tests/tools/system_packages.sh slapd ldap-utils shellcheck
	tests/tools/matrix.sh $(CORES)

mutants: setup ## Change the code on which safety rests, and see whether the tests notice
	python tests/tools/mutants.py

chaos: setup ## Every fault at every request, and long histories; prints what was tried
	@[ "$$(id -u)" != 0 ] || tests/tools/system_packages.sh slapd ldap-utils samba samba-ad-provision samba-dsdb-modules \
	    samba-vfs-modules winbind ldb-tools
	pytest tests/chaos --whole -n 2 --timeout=1200
	pytest tests/unit/plugins/module_utils/module/test_state_machine.py --hypothesis-profile=long --timeout=3600 -n 2

test: $(CHECKS) ## Run all the checks below, in this order

lint: setup ## Style of Python, YAML, Ansible content and scripts; licences
	ruff check .
	ruff format --check .
	yamllint --strict .
	ansible-lint --offline
	shellcheck $(SCRIPTS)
	reuse lint --quiet

types: setup ## mypy --strict on the plugins
	mypy -p ansible_collections.dirsync.bitwarden.plugins.module_utils -p ansible_collections.dirsync.bitwarden.plugins.modules

unit: setup ## Unit tests, with the coverage of the plugins
	pytest tests/unit -n 2 --cov --cov-report=term

contract: setup ## The emulators against the published interfaces
	pytest tests/contract

faults: setup ## A sample of the cases of "make chaos"
	pytest tests/chaos -n 2

integration: setup ## Playbooks against real servers and emulators
	pytest tests/integration

molecule: setup ## The roles' scenarios, from nothing to converged and back
	pytest tests/molecule -p pytest_ansible.plugin -n 2

sanity: setup ## ansible-test sanity
	tests/tools/sanity.sh

docs: setup ## Module documentation, docs site sources and changelog
	tests/tools/staged.sh antsibull-docs lint-collection-docs --plugin-docs --skip-rstcheck .
	tests/tools/staged.sh antsibull-changelog lint

site: setup ## The documentation site, into build/site/html, with warnings as errors
	tests/tools/site.sh

build: setup ## Build, install and show the collection, into dist/
	tests/tools/build.sh
