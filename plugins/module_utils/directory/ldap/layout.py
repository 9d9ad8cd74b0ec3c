# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a server keeps people and groups, and which attribute means what: options over the preset of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.dn import normal_form
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.emails import EmailRule
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.filters import Filter, parse_filter
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import Scope
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.presets import Preset
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.root_dse import RootDse


@dataclass(frozen=True, slots=True)
class Layout:
    """The complete answer; attribute names as configured, to be compared without regard to case."""

    user_bases: tuple[str, ...]
    user_filter: Filter
    user_scope: Scope
    group_bases: tuple[str, ...]
    group_filter: Filter
    group_scope: Scope
    deleted_bases: tuple[str, ...]
    deleted_filter: Filter
    external_id: str
    email_attributes: tuple[str, ...]
    email_prefix_attribute: str
    email_rule: EmailRule
    user_name_attributes: tuple[str, ...]
    login_attribute: str
    group_name_attribute: str
    member_attributes: tuple[str, ...]
    members_required: bool
    disabled_when: Mapping[str, tuple[str, ...]]
    lock_attribute: str


def check_query(options: Mapping[str, Any]) -> None:
    """Raise ConfigurationError for a filter or page size that is not valid, before anything is connected."""
    if (options.get("page_size") or 0) < 0:
        raise ConfigurationError(f"page_size is {options['page_size']}, and must be at least 0")
    for name in ("user_filter", "group_filter", "user_query", "group_query"):
        if options.get(name):
            parse_filter(options[name], name)


def chosen_page_size(options: Mapping[str, Any], preset: Preset) -> int:
    """Return how many entries to ask for at a time; 0 for all at once."""
    chosen: int | None = options.get("page_size")
    return preset.page_size if chosen is None else chosen


def resolve_layout(options: Mapping[str, Any], preset: Preset, root_dse: RootDse, whole_forest: bool = False) -> Layout:
    """Return the layout that the options ask for, with the preset and the server's own base where they are silent.

    ``whole_forest`` takes the empty DN for the server's own base: a global catalog holds everything below it. Raises
    ConfigurationError where no base is given and the server does not name exactly one.
    """

    def bases(option: str) -> tuple[str, ...]:
        if options.get(option) is not None:
            return tuple(options[option])
        folders: tuple[str, ...] = getattr(preset, option)
        if not folders:
            return ()
        if whole_forest and not options.get("base_dn"):
            return ("",)
        base = options.get("base_dn") or root_dse.base_dn()
        if _is_suffix(base, root_dse):
            return tuple(f"{folder},{base}" if folder else base for folder in folders)
        # A base that the user chose is taken as given, and holds no special folders.
        return () if option == "deleted_bases" else (base,)

    def names(option: str) -> tuple[str, ...]:
        value = options.get(option)
        return tuple(getattr(preset, option) if value is None else value)

    def name(option: str) -> str:
        return str(options.get(option) or getattr(preset, option))

    return Layout(
        user_bases=bases("user_bases"),
        user_filter=_combined_filter(options, "user", preset.user_filter),
        user_scope=options["user_scope"],
        group_bases=bases("group_bases"),
        group_filter=_combined_filter(options, "group", preset.group_filter),
        group_scope=options["group_scope"],
        deleted_bases=bases("deleted_bases"),
        deleted_filter=_deleted_filter(options, preset),
        external_id=name("external_id"),
        email_attributes=_not_empty("email_attributes", names("email_attributes")),
        email_prefix_attribute=name("email_prefix_attribute"),
        email_rule=EmailRule(suffix=options.get("email_suffix") or "", domains=tuple(options["email_domains"])),
        user_name_attributes=names("user_name_attributes"),
        login_attribute=name("login_attribute"),
        group_name_attribute=name("group_name_attribute"),
        member_attributes=_not_empty("member_attributes", names("member_attributes")),
        members_required=options.get("member_attributes") is not None,
        disabled_when=_disabled_when(options, preset),
        lock_attribute=preset.lock_attribute,
    )


def _is_suffix(base: str, root_dse: RootDse) -> bool:
    suffixes = (*root_dse.values("namingContexts"), root_dse.value("defaultNamingContext"))
    try:
        return normal_form(base) in {normal_form(suffix) for suffix in suffixes}
    except ValueError as error:
        raise ConfigurationError(f"The base {base} is no DN: {error}") from error


def _combined_filter(options: Mapping[str, Any], kind: str, default: str) -> Filter:
    """Return the filter of users or groups, narrowed by the query that a bwdc_filter leaves to the directory."""
    own = options.get(f"{kind}_filter") or default
    query = options.get(f"{kind}_query")
    return parse_filter(f"(&{own}{query})" if query else own, f"{kind}_filter")


def _deleted_filter(options: Mapping[str, Any], preset: Preset) -> Filter:
    """Return the filter of deleted users: they may lack what the filter of users asks for, such as memberships."""
    own = options.get("user_filter")
    return parse_filter(f"(|{own}{preset.user_filter})" if own else preset.user_filter, "user_filter")


def _not_empty(option: str, names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        raise ConfigurationError(f"{option} must name at least one attribute")
    return names


def _disabled_when(options: Mapping[str, Any], preset: Preset) -> Mapping[str, tuple[str, ...]]:
    given = options.get("disabled_when")
    if given is None:
        return preset.disabled_when
    return {
        name: tuple(str(value) for value in (values if isinstance(values, list) else [values]))
        for name, values in given.items()
    }
