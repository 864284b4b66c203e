"""Under which licences the packages are that an installation brings along."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from license_expression import ExpressionError, Licensing
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from release.errors import ReleaseError
from release.locks import FOLDER, LOCKS, read_lock

#: The list that is made, from the root.
PAGE = "docs/licences.md"
#: Extras whose packages are listed: those that users install.
EXTRAS = (
    *("worker", "postgres", "flower", "serve", "remote"),
    *("embedded", "adapters", "evaluate", "train"),
)

_SPDX = Licensing()


@dataclass(frozen=True, slots=True)
class Policy:
    """Which licences we take; read from licences.toml.

    Attributes:
        permissive: Licences that need no reason, as SPDX names them.
        spelled: What metadata say in place of the name of SPDX.
        reasons: Packages with another licence, and why we take them.
        elsewhere: Licences of packages that are not installed where the list is made.
    """

    permissive: frozenset[str]
    spelled: Mapping[str, str]
    reasons: Mapping[str, str]
    elsewhere: Mapping[str, str]

    @classmethod
    def read(cls) -> Policy:
        """The project's own."""
        stored = tomllib.loads(Path(__file__).with_name("licences.toml").read_text("utf-8"))
        return cls(
            frozenset(stored["permissive"]),
            stored["spelled"],
            stored["reasons"],
            stored["elsewhere"],
        )

    def is_permissive(self, licence: str) -> bool:
        """Whether all that an expression of SPDX demands is permissive."""
        try:
            return bool(licence) and _is_permissive(_SPDX.parse(licence), self.permissive)
        except ExpressionError:
            return False

    def fault(self, package: Package) -> str | None:
        """Why a package may not be taken; None if it may."""
        if package.name in self.reasons or self.is_permissive(package.licence):
            return None
        return (
            f"{package.name} is under {package.licence or 'an unknown licence'}; "
            "do without it, or say in release/licences.toml why we take it"
        )


@dataclass(frozen=True, slots=True)
class Package:
    """A package that comes along.

    Attributes:
        name: In its canonical form.
        licence: An expression of SPDX, as far as the metadata allow; empty if they say nothing.
        needed_by: Extras that bring it; empty if the base does.
    """

    name: str
    licence: str
    needed_by: tuple[str, ...]


def packages(root: Path, policy: Policy) -> list[Package]:
    """All packages that the base and the extras bring, by name.

    What is installed says itself under which licence it is. What is locked for another platform
    stands in licences.toml.

    Raises:
        ReleaseError: If a package is neither installed nor there.
    """
    base = _closure(())
    extras = {extra: _closure((extra,)) - base for extra in EXTRAS}
    locked = {
        package.name: extra
        for extra in LOCKS
        for package in read_lock((root / FOLDER / f"{extra}.txt").read_text("utf-8"))
    }
    names = base.union(*extras.values(), locked)
    return [
        Package(
            name,
            _licence(name, policy),
            ()
            if name in base
            else tuple(extra for extra in EXTRAS if name in extras[extra]) or (locked[name],),
        )
        for name in sorted(names)
    ]


def page(listed: Iterable[Package], policy: Policy) -> str:
    """docs/licences.md."""
    head = Path(__file__).with_name("licences.md").read_text("utf-8")
    rows = [
        f"| {package.name} | {', '.join(package.needed_by) or 'the base'} | {package.licence} |\n"
        for package in listed
    ]
    reasons = [f"- {name}: {reason}.\n" for name, reason in sorted(policy.reasons.items())]
    return head.replace("{rows}", "".join(rows)).replace("{reasons}", "".join(reasons))


def write_page(root: Path) -> None:
    """Write docs/licences.md.

    Raises:
        ReleaseError: If a package may not be taken.
    """
    policy = Policy.read()
    listed = packages(root, policy)
    if faults := [fault for package in listed if (fault := policy.fault(package))]:
        raise ReleaseError("\n".join(faults))
    (root / PAGE).write_text(page(listed, policy), "utf-8")


def stated_licence(stated: Mapping[str, str | list[str]], policy: Policy) -> str:
    """What a package's metadata say, in the names of SPDX where these are known.

    The expression counts, then the classifiers, of which all are taken to hold, then
    the free field, unless it is the whole text of a licence.
    """
    if expression := stated.get("license_expression"):
        return str(expression)
    if classified := [
        name.rpartition(" :: ")[2]
        for name in stated.get("classifier", [])
        if name.startswith("License :: OSI Approved :: ")
    ]:
        return " AND ".join(sorted({policy.spelled.get(name, name) for name in classified}))
    free = str(stated.get("license") or "")
    return "" if "\n" in free else policy.spelled.get(free, free)


def _licence(name: str, policy: Policy) -> str:
    try:
        return stated_licence(metadata.metadata(name).json, policy)
    except metadata.PackageNotFoundError:
        if name in policy.elsewhere:
            return policy.elsewhere[name]
    raise ReleaseError(
        f"{name} is not installed: make licences installs it; if it is for another platform, "
        "say its licence under [elsewhere] in release/licences.toml"
    )


def _closure(extras: tuple[str, ...]) -> set[str]:
    """Names of all packages that the project needs with these extras, here; without itself."""
    found: set[tuple[str, tuple[str, ...]]] = set()
    waiting: list[tuple[str, tuple[str, ...]]] = [("feedback-triage", extras)]
    while waiting:
        if (wanted := waiting.pop()) not in found:
            found.add(wanted)
            waiting.extend(_needs(*wanted))
    return {name for name, _ in found} - {"feedback-triage"}


def _needs(name: str, extras: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    try:
        stated = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return
    for requirement in map(Requirement, stated):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield canonicalize_name(requirement.name), tuple(sorted(requirement.extras))


def _is_permissive(expression: object, permissive: frozenset[str]) -> bool:
    """Whether a parsed expression lets anybody use it, given the names that do."""
    if isinstance(expression, _SPDX.AND):
        return all(_is_permissive(part, permissive) for part in expression.args)
    if isinstance(expression, _SPDX.OR):
        return any(_is_permissive(part, permissive) for part in expression.args)
    return str(expression) in permissive
