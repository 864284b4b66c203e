"""What the rows of a file say of labels, put together and checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from schema.catalog.own_labels import NONE, OwnLabel

#: Labels that there may be.
MAX_LABELS = 500
#: Characters of a label's name.
MAX_NAME = 100
#: Examples that a label has to have where any has some.
LEAST_EXAMPLES = 2
#: A name without so many letters in a row says nothing that a model could go by.
_WORD = re.compile(r"[^\W\d_]{3}|[\u2e80-\u9fff\uac00-\ud7af]")
_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class LabelsError(ValueError):
    """Labels cannot be used. One sentence: the place, what is wrong, what to do; no example."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one place of a file says of a label.

    Attributes:
        where: The place, as messages name it.
        description: None or empty where it gives none, …
        text: … and None where there is no example, while an empty one is a fault.
    """

    where: str
    label: str
    description: str | None = None
    text: str | None = None


@dataclass(slots=True)
class _Gathered:
    """A label so far, and where its description and each of its examples stand."""

    name: str
    first: str
    description: str = ""
    described: str = ""
    examples: dict[str, str] = field(default_factory=dict)


def gather(file: str, said: Sequence[Said], multiple: bool) -> tuple[OwnLabel, ...]:
    """Put together what all places say.

    Args:
        file: How messages name the whole.
        said: In the order of the file.
        multiple: Whether a text may have several labels.

    Raises:
        LabelsError: Names the place, what is wrong there, and what to do.
    """
    found: dict[str, _Gathered] = {}
    texts: dict[str, tuple[str, str]] = {}
    for one in said:
        name = " ".join(one.label.split())
        _check_name(one.where, name, multiple)
        label = found.setdefault(name.casefold(), _Gathered(name, one.where))
        if label.name != name:
            raise LabelsError(
                f"{one.where}: the label {name!r} is {label.name!r} in {label.first}; write it "
                "alike in both"
            )
        _describe(label, one)
        if one.text is not None and (one.text.strip() or not _is_described(one)):
            _add_example(label, one, texts, multiple)
    if not found:
        raise LabelsError(f"{file} has no label; write a label and its description a row")
    if len(found) > MAX_LABELS:
        raise LabelsError(f"{file} has {len(found)} labels; {MAX_LABELS} are the most")
    labels = [*found.values()]
    _check_enough(labels)
    return tuple(
        OwnLabel(name=one.name, description=one.description, examples=(*one.examples,))
        for one in labels
    )


def _is_described(said: Said) -> bool:
    return bool(said.description and said.description.strip())


def _check_name(where: str, name: str, multiple: bool) -> None:
    if not name:
        raise LabelsError(f"{where}, column 'label': it is empty; write the label's name")
    if name.casefold() == NONE:
        raise LabelsError(
            f"{where}: {NONE!r} is what texts without a label are given; leave it out, or choose "
            "another name"
        )
    if len(name) > MAX_NAME or _STEERING.search(name):
        raise LabelsError(
            f"{where}, column 'label': a name of more than {MAX_NAME} characters, or with such as "
            "steer a terminal; write a short one, and the rest as its description"
        )
    if multiple and re.search("[,;]", name):
        raise LabelsError(
            f"{where}: the label {name!r} has a comma or semicolon, which stands between labels "
            "where a text may have several; write it without"
        )


def _describe(label: _Gathered, said: Said) -> None:
    if not _is_described(said):
        return
    assert said.description is not None
    description = " ".join(said.description.split())
    if label.description and label.description != description:
        raise LabelsError(
            f"{said.where}, column 'description': the label {label.name!r} has another in "
            f"{label.described}; keep one"
        )
    label.description, label.described = description, said.where


def _add_example(
    label: _Gathered, said: Said, texts: dict[str, tuple[str, str]], multiple: bool
) -> None:
    text = (said.text or "").strip()
    if not text:
        raise LabelsError(
            f"{said.where}, column 'text': it is empty, and there is no description either; write "
            "a text that has the label, or leave the row out"
        )
    if text in label.examples:
        raise LabelsError(
            f"{said.where}, column 'text': it repeats the text of {label.examples[text]}; leave "
            "one out"
        )
    before = texts.setdefault(text, (label.name, said.where))
    if before[0] != label.name and not multiple:
        raise LabelsError(
            f"{said.where}, column 'label': {before[1]} gives the same text the label "
            f"{before[0]!r}; leave one out, or set multiple = true in the catalog"
        )
    label.examples[text] = said.where


def _check_enough(labels: Sequence[_Gathered]) -> None:
    any_has = any(one.examples for one in labels)
    for one in labels:
        if any_has and len(one.examples) < LEAST_EXAMPLES:
            count = len(one.examples)
            raise LabelsError(
                f"{one.first}: the label {one.name!r} has {count or 'no'} "
                f"example{'s' * (count != 1)}, and others have some; give each at least "
                f"{LEAST_EXAMPLES}, better 8, in the column 'text'"
            )
        if not any_has and not one.description and not _WORD.search(one.name):
            raise LabelsError(
                f"{one.first}: the label {one.name!r} has no description, and its name says "
                "nothing; write in the column 'description' what it means"
            )
