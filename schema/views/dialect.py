"""What the files of views write as functions, written out for a database.

`utc_date(MOMENT)`      its day in UTC, wherever the session's time zone is
`is_current(TABLE, X)`  whether the row X of a table of results is of the run that counts
`is_first(TABLE, X)`    whether the row is the first that its document has of its run
`bare(TEXT)`            TEXT in lower case, without punctuation at its ends
`spelling(TEXT)`        the same also without points, hyphens and a possessive 's
`plain_answer(TEXT)`    TEXT as `bare`, with spaces for hyphens, without an article in front
`answer_key(TEXT)`      the same without the s of a plural: what it is grouped by
`shown_set()`           the set of themes that counts: see `schema.themes.sets.shown_set`
`unindexed(COLUMN)`     the column, by which SQLite shall not look rows up
`joined(NAME)`          the names of all rows in their order, with `; ` between
`each_table`, `each_analysis`  the SELECT is repeated for each table of results, of the row `x`
"""

from __future__ import annotations

import re
from typing import cast

from schema.results import RESULT_TABLES

#: What is taken from the ends of an answer and of an entity, as SQL quotes it.
_PUNCTUATION = " .,;:!?\"''()"

#: Runs are in the order of who counts: those that `triage prefer` names before all others, then the
#: newer one. A row counts where its document has none of a run before. Which runs are preferred is
#: a subquery that refers to nothing outside, so that both databases ask it once.
_PREFERRED = "(SELECT id FROM runs WHERE preferred_at IS NOT NULL)"
_CURRENT = """NOT EXISTS (
        SELECT 1 FROM {table} AS other
        WHERE other.document_id = {row}.document_id AND other.run_id <> {row}.run_id
          AND (CASE WHEN other.run_id IN {preferred} THEN 1 ELSE 0 END, other.run_id)
            > (CASE WHEN {row}.run_id IN {preferred} THEN 1 ELSE 0 END, {row}.run_id))"""
#: Articles and the like with which an answer may begin, and which say nothing.
_ARTICLES = (
    *("a", "an", "the", "some", "my", "our", "your", "der", "die", "das", "den", "ein", "eine"),
    *("einen", "le", "la", "les", "un", "une", "des", "el", "los", "las", "una", "il", "lo", "gli"),
    *("de", "het", "een", "os", "as", "um", "uma"),
)
#: Ends of words whose s is none of a plural.
_SINGULAR = ("ss", "us", "is")
_SHOWN_SET = (
    "(SELECT s.id FROM theme_sets AS s WHERE s.ready_at IS NOT NULL "
    "ORDER BY CASE WHEN s.scope = 'all' THEN 0 ELSE 1 END, s.id DESC LIMIT 1)"
)
#: By code points, whatever a database's locale is; SQLite takes the rows as they come.
_JOINED = {
    "postgresql": "string_agg({0}, '; ' ORDER BY {0} COLLATE \"C\")",
    "sqlite": "group_concat({0}, '; ')",
}
_OF_RUN = "{row}.run_id = :run_id"


def write_out(body: str, dialect: str, of_run: bool = False) -> str:
    """A SELECT as the database takes it.

    Args:
        body: Of a view or of a report.
        dialect: `sqlite` or `postgresql`.
        of_run: Whether only results of the run `:run_id` are in it, not those that count.
    """
    if "each_table" in body:
        body = "\nUNION ALL\n".join(
            body.replace("each_table", _name(table)).replace(
                "each_analysis", "x.analysis" if table.of_many else f"'{table.analysis}'"
            )
            for table in RESULT_TABLES
        )
    day = r"date(\1 AT TIME ZONE 'UTC')" if dialect == "postgresql" else r"date(\1)"
    body = re.sub(r"\butc_date\(([\w.]+)\)", day, body)
    body = body.replace("shown_set()", _SHOWN_SET)
    # PostgreSQL estimates rows by the column, which it could not by an expression.
    unindexed = r"\1" if dialect == "postgresql" else r"\1 + 0"
    body = re.sub(r"\bunindexed\(([\w.]+)\)", unindexed, body)
    body = re.sub(r"\bjoined\(([\w.]+)\)", lambda found: _JOINED[dialect].format(found[1]), body)
    body = re.sub(
        r"\bis_current\((\w+), (\w+)\)",
        lambda found: _OF_RUN.format(row=found[2]) if of_run else _current(found[1], found[2]),
        body,
    )
    body = re.sub(r"\bis_first\((\w+), (\w+)\)", _first, body)
    body = re.sub(r"\bspelling\(([\w.]+)\)", lambda found: _spelling(found[1]), body)
    body = re.sub(
        r"\bplain_answer\(([\w.]+)\)", lambda found: _plain_answer(found[1], dialect), body
    )
    body = re.sub(r"\banswer_key\(([\w.]+)\)", lambda found: _answer_key(found[1], dialect), body)
    return re.sub(r"\bbare\(([\w.]+)\)", lambda found: _bare(found[1]), body)


def _current(table: str, row: str) -> str:
    condition = _CURRENT.format(table=table, row=row, preferred=_PREFERRED)
    of_many = {_name(one) for one in RESULT_TABLES if one.of_many}
    same = f"other.analysis = {row}.analysis AND other.document_id"
    return condition.replace("other.document_id", same, 1) if table in of_many else condition


def _name(table: object) -> str:
    return cast(str, table.__tablename__)  # type: ignore[attr-defined]


def _first(found: re.Match[str]) -> str:
    several = {_name(table) for table in RESULT_TABLES if hasattr(table, "ordinal")}
    return f"{found[2]}.ordinal = 0" if found[1] in several else "1 = 1"


def _bare(text: str) -> str:
    return f"lower(trim({text}, '{_PUNCTUATION}'))"


def _spelling(text: str) -> str:
    plain = f"replace(replace(replace({text}, '’', ''''), '.', ''), '-', ' ')"
    # A mark at the end, so that only an 's there goes.
    return f"trim(replace({_bare(plain)} || '|', '''s|', ''), '|')"


def _plain_answer(text: str, dialect: str) -> str:
    find = "strpos" if dialect == "postgresql" else "instr"
    plain = _bare(f"replace({text}, '-', ' ')")
    # Behind the last word there is always one, so that no length is negative.
    space = f"{find}({plain} || ' ', ' ')"
    is_article = f"{find}('|{'|'.join(_ARTICLES)}|', '|' || substr({plain}, 1, {space} - 1) || '|')"
    return (
        f"CASE WHEN {find}({plain}, ' ') > 0 AND {is_article} > 0 "
        f"THEN trim(substr({plain}, {space} + 1)) ELSE {plain} END"
    )


def _answer_key(text: str, dialect: str) -> str:
    # A mark behind it, so that only the s of the last word goes.
    key = f"({_plain_answer(text, dialect)}) || '|'"
    for end in _SINGULAR:
        key = f"replace({key}, '{end}|', '{end}~')"
    return f"rtrim(replace({key}, 's|', '|'), '|~')"
