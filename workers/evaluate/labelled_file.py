"""Texts that people labelled, from the files that the field uses: CSV, JSON Lines, CoNLL, SQuAD."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from workers.calibrate.examples import Columns, DataError, Example, read_examples

#: Endings of files with a token and its tag a line.
_CONLL = (".conll", ".bio", ".iob", ".iob2")
#: A tag of a token: outside, or the beginning, inside, end or whole of an entity.
_TAG = re.compile(r"O|([BIESLU])-(.+)")
_BEGINS, _WHOLE = "BSU", "SU"


def read_labelled(path: Path, analysis: str, columns: Columns) -> list[Example]:
    """Read a file of labelled texts; what kind it is, its name says.

    Args:
        path: `.conll`, `.bio`, `.iob` for `entities`; `.json` as SQuAD has it for `qa`; else as
            `read_examples` takes it.
        analysis: Whose labels.
        columns: Of CSV and JSON Lines.

    Raises:
        DataError: Names the row, the column and what to do.
    """
    if path.suffix.lower() in _CONLL:
        if analysis != "entities":
            raise DataError(f"{path} has tags of tokens, which are entities: not {analysis}")
        return list(_sentences(path, columns.strict))
    if analysis == "qa" and path.suffix.lower() == ".json":
        return list(_questions(path, columns.strict))
    examples = read_examples(path, columns)
    if analysis == "entities":
        return [_with_spans(path, one, columns.label) for one in examples]
    return examples


def _with_spans(path: Path, example: Example, column: str) -> Example:
    """With the entities as objects, whichever way the file has them."""
    where, given = f"{path} line {example.line}, column {column!r}", example.label
    if isinstance(given, str):
        try:
            given = json.loads(given) if given else []
        except ValueError:
            raise DataError(f"{where}: not JSON; write {_SPANS}") from None
    if not isinstance(given, list):
        raise DataError(f"{where}: no list; write {_SPANS}")
    for number, one in enumerate(given, start=1):
        _check_span(f"{where}, entity {number}", example.text, one)
    return replace(example, label=given)


_SPANS = '[{"type": "ORG", "start": 0, "end": 5}, …], or [] where there is none'


def _check_span(where: str, text: str, one: Any) -> None:
    if not isinstance(one, dict) or not {"type", "start", "end"} <= one.keys():
        raise DataError(f"{where}: no object with type, start and end; write {_SPANS}")
    start, end = one["start"], one["end"]
    whole = all(isinstance(place, int) for place in (start, end))
    if not whole or not 0 <= start < end <= len(text):
        raise DataError(
            f"{where}: start and end are no places in its text, which has {len(text)} characters; "
            "count characters from 0, end behind the last"
        )


def _sentences(path: Path, strict: bool) -> Iterator[Example]:
    """A text for each sentence: its tokens with spaces between."""
    tokens: list[tuple[str, str]] = []
    first = 1
    lines = [*_text_of(path).splitlines(), ""]
    if not any(line.strip() for line in lines):
        raise DataError(f"{path} is empty; write a token and its tag a line")
    for number, line in enumerate(lines, start=1):
        cells = line.split("\t") if "\t" in line else line.split()
        if line.strip() and not line.startswith("-DOCSTART-"):
            if len(cells) < 2:
                raise DataError(
                    f"{path} line {number} has one column; write a token, and its tag in the last"
                )
            if not _TAG.fullmatch(cells[-1].strip()):
                raise DataError(
                    f"{path} line {number}, column {len(cells)}: no tag; write O, B-TYPE or I-TYPE"
                )
            first = first if tokens else number
            tag = cells[-1].strip()
            if strict and _is_unbegun(tokens[-1][1] if tokens else "O", tag):
                raise DataError(
                    f"{path} line {number}, column {len(cells)}: {tag[0]}- without a beginning; "
                    "write B- in front of the type of an entity's first token"
                )
            tokens.append((cells[0].strip(), tag))
        elif tokens:
            yield _sentence(first, tokens)
            tokens = []


def _is_unbegun(before: str, tag: str) -> bool:
    """Whether a tag goes on with an entity that the one before does not belong to."""
    goes_on = tag[0] not in ("O", *_BEGINS)
    return goes_on and (before[0] in ("O", *_WHOLE) or before[2:] != tag[2:])


def _sentence(line: int, tokens: list[tuple[str, str]]) -> Example:
    entities: list[dict[str, Any]] = []
    place, before = 0, "O"
    for token, tag in tokens:
        if found := _TAG.fullmatch(tag):
            how, kind = found[1], found[2]
            goes_on = kind and before not in ("O", *_WHOLE) and how not in _BEGINS
            if goes_on and entities[-1]["type"] == kind:
                entities[-1]["end"] = place + len(token)
            elif kind:
                entities.append({"type": kind, "start": place, "end": place + len(token)})
            before = how or "O"
        place += len(token) + 1
    return Example(line, " ".join(token for token, _ in tokens), entities)


def _questions(path: Path, strict: bool) -> Iterator[Example]:
    """Every question of a file as SQuAD has it; numbered as they come."""
    try:
        data = json.loads(_text_of(path))["data"]
    except (ValueError, KeyError, TypeError):
        raise DataError(
            f'{path} is no SQuAD, which is an object with "data"; give that, or CSV or JSON Lines '
            "(.jsonl) with text, question and answer"
        ) from None
    number = 0
    for where, context, asked in _each_question(path, data):
        number += 1
        question, answers = asked.get("question"), asked.get("answers", [])
        if not isinstance(question, str) or not question.strip():
            raise DataError(f"{where} has no question; write it, or leave the entry out")
        try:
            given = [str(one["text"]) for one in answers]
        except (TypeError, KeyError):
            raise DataError(
                f'{where}, answers: no list of objects with a text; write [{{"text": "…"}}]'
            ) from None
        if asked.get("is_impossible"):
            given, answers = [], []
        starts = tuple(one["answer_start"] for one in answers if _has_start(one))
        if strict:
            _check_starts(where, context, given, starts)
        yield Example(number, context, given, question, starts)
    if not number:
        raise DataError(f"{path} has no question")


def _has_start(answer: dict[str, Any]) -> bool:
    return isinstance(answer.get("answer_start"), int)


def _check_starts(where: str, context: str, answers: list[str], starts: Sequence[int]) -> None:
    """Make sure that each answer stands where the file says."""
    if len(starts) != len(answers):
        raise DataError(f"{where}, answers: not each has its answer_start; write where it begins")
    for answer, start in zip(answers, starts, strict=True):
        if start < 0 or context[start : start + len(answer)] != answer:
            raise DataError(
                f"{where}, answer_start: its answer does not stand there; count characters of "
                "the context from 0"
            )


def _each_question(path: Path, data: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each question with its place in the file, and the text that it is asked of."""
    for one, article in enumerate(_list(data, f"{path}, data")):
        of_article = f"{path}, data[{one}].paragraphs"
        for two, paragraph in enumerate(_list(article.get("paragraphs"), of_article)):
            where = f"{of_article}[{two}]"
            context = paragraph.get("context")
            if not isinstance(context, str) or not context.strip():
                raise DataError(f"{where} has no context; write the text there")
            for three, asked in enumerate(_list(paragraph.get("qas"), f"{where}.qas")):
                yield f"{where}.qas[{three}]", context, asked


def _list(given: Any, where: str) -> list[dict[str, Any]]:
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise DataError(f"{where}: no list of objects; write it as SQuAD has it")
    return given


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise DataError(f"cannot read {path} ({reason}); give a file in UTF-8") from None
