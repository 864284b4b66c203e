"""Settings, as `.env.example` explains them, with the types that are checked."""

from __future__ import annotations

import re
from typing import get_args

from docs.site.links import ROOT
from docs.site.reference.table import code, table
from schema.settings import Settings

_LINE = re.compile(r"# (TRIAGE_\w+)=(.*)")


def settings_page() -> str:
    """The page: a section for each of the file's, a row for each setting."""
    text = (ROOT / ".env.example").read_text("utf-8")
    intro, *sections = re.split(r"^## ", text, flags=re.M)
    parts = ["# Settings\n", _prose(intro.splitlines()) + "\n"]
    for section in sections:
        title, _, body = section.partition("\n")
        parts += [f"## {title}\n", table(("setting", "default", "kind", "is"), _rows(body))]
    return "\n".join(parts)


def _rows(section: str) -> list[tuple[str, str, str, str]]:
    rows = []
    said: list[str] = []
    for line in section.splitlines():
        if found := _LINE.fullmatch(line):
            name, shown = found.groups()
            unset = Settings.model_fields[name.removeprefix("TRIAGE_").lower()].default is None
            default = "" if unset else code(shown)
            about = _prose(said) + (f" For example {code(shown)}." if unset else "")
            rows.append((code(name), default, _kind(name), about))
            said = []
        elif line:
            said.append(line)
        else:
            said = []
    return rows


def _kind(name: str) -> str:
    """What a value of the setting may be, in a word."""
    annotation = Settings.model_fields[name.removeprefix("TRIAGE_").lower()].annotation
    kinds = [one for one in get_args(annotation) if one is not type(None)] or [annotation]
    if all(isinstance(one, str) for one in kinds):
        return " or ".join(code(one) for one in kinds)
    words = {"str": "text", "SecretStr": "secret", "Path": "path", "ByteSize": "size"}
    words |= {"int": "whole number", "float": "number"}
    name_of = getattr(kinds[0], "__name__", str(kinds[0]))
    return words.get(name_of, name_of)


def _prose(lines: list[str]) -> str:
    """The words of a comment; a word that code is made of does not become a link or a mark."""
    text = " ".join(line.removeprefix("#").strip() for line in lines)
    return re.sub(r"(\S*(?:://|<|_)\S*[^\s.,;:])", r"`\1`", text)
