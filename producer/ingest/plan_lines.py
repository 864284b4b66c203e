"""The plan of an ingestion in words: what a dry run prints of each input."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from producer.ingest.columns.choice import ColumnPlan, Columns
from producer.ingest.columns.nested_fields import get_field
from producer.ingest.escaping import escaped, shown
from producer.ingest.plan import Plan
from producer.ingest.recipes.recipe import Recipe
from producer.ingest.recipes.write_recipe import write_recipe
from producer.ingest.texts.html_text import has_html
from producer.ingest.texts.replies import strip_replies
from producer.ingest.texts.text_cleaner import TextCleaner
from producer.ingest.times.written_times import DAY_FIRST
from producer.ingest.validation.feedback import Feedback
from producer.ingest.validation.row_context import ValueNotes

#: Documents of each input that are shown.
SHOWN_DOCUMENTS = 5
#: Characters of a text that are shown.
_MOST_TEXT = 60


@dataclass(slots=True)
class InputView:
    """What a dry run saw of an input.

    Attributes:
        name: The input.
        plan: What was decided for its columns.
        sample: The fields of its first good rows.
        findings: How it is read where that was found and not said, a sentence each.
        notes: What was passed over.
        texts: What is taken out of its texts.
        day_order: What dates like 03/04/2026 mean in it, where it was said.
        documents: Its first documents.
    """

    name: str
    plan: ColumnPlan
    sample: list[dict[str, Any]]
    findings: Sequence[str]
    notes: ValueNotes
    texts: TextCleaner
    day_order: str | None
    documents: list[Feedback] = field(default_factory=list)

    def lines(self, plan: Plan, show_text: bool) -> list[str]:
        """What is to be said of it.

        Args:
            plan: The plan.
            show_text: Whether texts of customers are shown, and not only how long they are.
        """
        return [
            f"{escaped(self.name)}:",
            *_decisions(self.plan),
            *(f"  note: {line}" for line in self.told()),
            *(f"  note: {line}" for line in self._proposals()),
            "  the first documents:",
            *(f"    {_document(one, show_text)}" for one in self.documents),
            f"  the same as a command: {self.command(plan)}",
            "  the same as a recipe (--save-recipe FILE writes it):",
            *(f"    {line}".rstrip() for line in write_recipe(self.recipe(plan)).splitlines()),
        ]

    def told(self) -> list[str]:
        """What the user should know of its columns and values, a sentence each."""
        return [*self.plan.warnings, *self.notes.lines()]

    def recipe(self, plan: Plan) -> Recipe:
        """All that was decided as a recipe; roles without a column stay without one."""
        return Recipe(
            "",
            self.plan.columns.as_choice(),
            source=plan.source,
            reading=plan.reading,
            day_order=self.day_order,
            html=self.texts.html,
            replies=self.texts.replies,
            id_from=",".join(plan.id_from) or None,
            rating_scale=plan.rating_scale,
        )

    def command(self, plan: Plan) -> str:
        """All that was decided as a command line."""
        options: list[str] = []
        for role, names in vars(self.plan.columns.as_choice()).items():
            several = names if isinstance(names, tuple) else (names,)
            if role == "time":
                several = (",".join(several),)
            options += [part for name in several for part in (f"--{role}", name)]
        id_from = ",".join(plan.id_from) or None
        others = {"source": plan.source, "id_from": id_from, **asdict(plan.reading)}
        others["rating_scale"] = plan.rating_scale
        for option, value in others.items():
            written = f"--{option.replace('_', '-')}"
            options += [written, str(value)] if value is not None else []
        if self.day_order:
            options.append("--dayfirst" if self.day_order == DAY_FIRST else "--monthfirst")
        options += ["--html"] * self.texts.html + ["--strip-replies"] * self.texts.replies
        return escaped(shlex.join(["triage", "ingest", self.name, *options]))

    def _proposals(self) -> list[str]:
        """Options that the first texts call for."""
        texts = [
            value
            for fields in self.sample
            for column in self.plan.columns.texts
            if isinstance(value := get_field(fields, column), str)
        ]
        proposals = []
        html = sum(map(has_html, texts))
        if html and not self.texts.html:
            proposals.append(
                f"{html} of {len(texts)} texts have tags or entities: --html makes text of them"
            )
        replies = sum(strip_replies(text).quoted is not None for text in texts)
        if replies and not self.texts.replies:
            proposals.append(
                f"{replies} of {len(texts)} texts quote another mail, or have a signature: "
                "--strip-replies takes that out"
            )
        return proposals


def _decisions(plan: ColumnPlan) -> list[str]:
    """A line for each role: the column, why, and the runner-up."""
    rows = [("role", "column", "why", "runner-up")]
    for one in plan.decisions:
        column = _all_texts(plan.columns) if one.role == "text" else one.column
        cells = (one.role, shown(column or "–"), one.why, shown(one.runner_up or ""))
        rows.append(cells)
    widths = [max(len(row[place]) for row in rows) for place in range(3)]
    return ["  " + "  ".join((*map(str.ljust, row[:3], widths), row[3])).rstrip() for row in rows]


def _all_texts(columns: Columns) -> str:
    return ", ".join(columns.texts)


def _document(one: Feedback, show_text: bool) -> str:
    rating = None if one.rating is None else f"{one.rating:g}/{one.rating_scale or '?'}"
    cells = {
        "id": one.external_id,
        "time": one.time and one.time.strftime("%Y-%m-%d %H:%M:%S"),
        "rating": rating,
        "language": one.language,
        "product": one.product,
        "text": " ".join(one.text[: 2 * _MOST_TEXT].split())
        if show_text
        else f"({len(one.text)} characters: --show-text)",
    }
    return ", ".join(f"{name}={shown(value)}" for name, value in cells.items() if value)
