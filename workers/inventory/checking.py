"""Checking a model: it is loaded as a worker loads it, and asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from schema.analyses import WRITING_ANALYSES
from schema.catalog import Catalog, CatalogError
from schema.document import Document
from schema.options import RunOptions
from schema.results import Abstention, Failure, results_json
from schema.settings import settings
from workers.analyses import load_analysis
from workers.analysis import Analysis
from workers.calibrate.command import chosen_device
from workers.engine.document_state import Conclusion
from workers.engine.engine import Engine
from workers.errors import WorkerError
from workers.inventory.answers import Equal, equal_answers, in_words
from workers.inventory.facts import EACH_PAIR, ModelFacts, facts_of
from workers.inventory.hashes import damaged_file, is_known_by_hash
from workers.inventory.listing import labels_line
from workers.inventory.named_model import PACKAGE, NamedModel
from workers.models.checkpoint import folder_here
from workers.runtime.threads import limit_threads
from workers.text.precision_texts import sentence_in, texts

#: Texts that a smaller precision is compared on; of models that write, which take long, fewer.
_TEXTS, _TEXTS_OF_WRITERS = 60, 12
#: What has no answers that could be equal: a vector, or what is no model of ours.
_NOT_COMPARED = ("embedding", "language")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of a model.

    Attributes:
        name: Of the catalog's table.
        model: As the catalog has it.
        fine: Whether a worker can use it.
        said: What is wrong and what to do, or in words what was found.
        revision: Of its weights: a commit, or a hash of files.
        hash: How far its files are known to be the right ones.
        precision: That it computes in.
        equal: Of a smaller precision: how many answers are those of fp32.
        canary: The text that it was asked, and what it said.
    """

    name: str
    model: str
    fine: bool
    said: str
    revision: str | None = None
    hash: str | None = None
    precision: str | None = None
    equal: Equal | None = None
    canary: dict[str, Any] | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def line(self) -> str:
        """For people."""
        return f"{'fine' if self.fine else 'wrong':<6} {self.name}: {self.said}"

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


class Checker:
    """Loads models one after the other; each leaves the memory before the next comes.

    Args:
        device: `cpu`, `cuda:0`, …; None for that of the settings.
    """

    def __init__(self, device: str | None) -> None:
        limit_threads(settings().threads)
        self._device = chosen_device(device)

    def check(self, named: NamedModel) -> Checked:
        """Load a model and ask it a text; what fails is said, with what to do."""
        entry, facts = named.entry, facts_of(named)
        if named.every_pair:
            said = f"{EACH_PAIR}; check one, as in triage models check {named.name}.en-de"
            return Checked(named.name, entry.model, True, said, facts=facts.as_json())
        if not facts.here and entry.model != PACKAGE:
            return self._wrong(named, facts, f"{entry.model} is not here; {_fetch(named)}")
        try:
            return self._loaded(named, facts)
        except (CatalogError, WorkerError) as error:
            return self._wrong(named, facts, str(error))

    def _loaded(self, named: NamedModel, facts: ModelFacts) -> Checked:
        folder = folder_here(named.entry) if named.entry.model != PACKAGE else None
        if folder is not None and (broken := damaged_file(folder)):
            return self._wrong(
                named,
                facts,
                f"{broken} is not the file that the hub has by this name: delete it, and fetch it "
                f"again with triage models pull {named.name}",
            )
        analysis = self._load(named, named.entry.options.precision)
        options = RunOptions(translate_to=named.pair[1]) if named.pair else RunOptions()
        asked = sentence_in(named.pair[:1] if named.pair else named.entry.languages)
        (answer,) = _ask(analysis, named, [asked], options)
        if isinstance(answer, Failure):
            return self._wrong(
                named,
                facts,
                f"{named.entry.model} is loaded and cannot read a plain sentence "
                f"({answer.error_class}: {answer.message}); name another `model` in the catalog",
            )
        given = None if isinstance(answer, Abstention) else results_json(named.analysis, answer)
        models = analysis.provenance()
        precision = models[0].options.get("precision") if models else None
        equal = self._equal(named, analysis, options, precision)
        checked = Checked(
            named.name,
            named.entry.model,
            fine=True,
            said="",
            revision=models[0].revision if models else None,
            hash=is_known_by_hash(folder) if folder else None,
            precision=precision,
            equal=equal,
            canary={"text": asked, "answer": given},
            facts=facts.as_json(),
        )
        return _with_words(checked, facts, in_words(named.analysis, given))

    def _load(self, named: NamedModel, precision: Any) -> Analysis:
        options = named.entry.options.model_copy(update={"precision": precision})
        entry = named.entry.model_copy(update={"options": options})
        catalog = Catalog("of one model", {named.name: entry})
        return load_analysis(named.analysis, catalog, self._device)

    def _equal(
        self, named: NamedModel, analysis: Analysis, options: RunOptions, precision: str | None
    ) -> Equal | None:
        if precision in (None, "fp32") or named.analysis in _NOT_COMPARED:
            return None
        writes = named.analysis in WRITING_ANALYSES
        read = texts()[: _TEXTS_OF_WRITERS if writes else _TEXTS]
        given = _ask(analysis, named, read, options)
        return equal_answers(
            named.analysis, _ask(self._load(named, "fp32"), named, read, options), given
        )

    @staticmethod
    def _wrong(named: NamedModel, facts: ModelFacts, said: str) -> Checked:
        return Checked(named.name, named.entry.model, False, said, facts=facts.as_json())


def _ask(
    analysis: Analysis, named: NamedModel, asked: Sequence[str], options: RunOptions
) -> Sequence[Conclusion]:
    language = named.pair[0] if named.pair else None
    if named.name == "translation":
        language = "en"  # whoever translates every pair has to be told which
    documents = [Document(number, text, language) for number, text in enumerate(asked)]
    return Engine(analysis).run(documents, options)


def _fetch(named: NamedModel) -> str:
    return f"fetch it with: triage models pull {named.name}"


def _with_words(checked: Checked, facts: ModelFacts, answer: str) -> Checked:
    parts = [checked.model]
    if checked.revision:
        parts.append(
            f"revision {checked.revision}" + (f" ({checked.hash})" if checked.hash else "")
        )
    if facts.way:
        parts.append(str(facts.way))
    if checked.precision:
        share = f", {checked.equal.line()}" if checked.equal else ""
        parts.append(f"{checked.precision}{share}")
    if facts.languages:
        parts.append(f"reads {', '.join(facts.languages)}")
    if facts.labels:
        parts.append(labels_line(facts.labels))
    parts.append(f"asked and answered: {answer}")
    fields = {name: getattr(checked, name) for name in checked.__slots__}
    return Checked(**fields | {"said": "; ".join(parts)})
