"""`python -m release`: what the Makefile calls; see docs/release.md."""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path

from release.errors import ReleaseError
from release.licences import PAGE, write_page
from release.locks import FOLDER, write_locks
from release.making import FINISHED, Distribution, make_release
from release.version import current_version

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Do what the command line says; a release that cannot be is one message and exit 1."""
    arguments = _parser().parse_args()
    try:
        arguments.act(arguments)
    except ReleaseError as error:
        sys.exit(f"no release: {error}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m release", description=__doc__)
    verbs = parser.add_subparsers(required=True)
    make = verbs.add_parser("make", help="set the version, build, check, try, commit, tag")
    make.add_argument("version")
    make.set_defaults(act=_make)
    build = verbs.add_parser("build", help="build, check and try what is there; commit nothing")
    build.set_defaults(act=_build)
    for verb in (make, build):
        verb.add_argument("--python", action="append", default=[], metavar="PATH")
    lock = verbs.add_parser("lock", help="write the lock files")
    lock.set_defaults(act=_lock)
    licences = verbs.add_parser("licences", help=f"write {PAGE}")
    licences.set_defaults(act=_licences)
    return parser


def _make(arguments: argparse.Namespace) -> None:
    version = make_release(
        arguments.version, _distribution(arguments), datetime.datetime.now(datetime.UTC).date()
    )
    print(
        f"committed and tagged v{version}; nothing is pushed. To publish it:\n"
        f"  git push origin HEAD v{version}\n"
        f"  twine upload {FINISHED}/*.whl {FINISHED}/*.tar.gz"
    )


def _build(arguments: argparse.Namespace) -> None:
    folder = _distribution(arguments).make(current_version(ROOT))
    print(
        f"{folder.relative_to(ROOT)}/: {', '.join(sorted(path.name for path in folder.iterdir()))}"
    )


def _lock(_: argparse.Namespace) -> None:
    write_locks(ROOT)
    print(
        f"written: {', '.join(sorted(str(p.relative_to(ROOT)) for p in (ROOT / FOLDER).iterdir()))}"
    )


def _licences(_: argparse.Namespace) -> None:
    write_page(ROOT)
    print(f"written: {PAGE}")


def _distribution(arguments: argparse.Namespace) -> Distribution:
    return Distribution(ROOT, arguments.python or [sys.executable], print)


if __name__ == "__main__":
    main()
