"""One document with all that is known of it, and correcting its labels."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from producer.serve.access.forms import own_address
from producer.serve.access.guard import Call
from producer.serve.documents.document import newest_version, read_document
from producer.serve.documents.results import read_results
from producer.serve.drawing import draw
from producer.serve.errors import RequestError
from schema.access.audit import Action, record
from schema.corrections.store import Correction, documents_with_results, store
from schema.corrections.subject import REVIEWABLE, Subject, known_labels
from schema.database import reading, writing
from schema.tables import CHOSEN

#: Beyond this the databases have no number of a document.
_LARGEST = 2**63 - 1


def document(call: Call) -> Response:
    """Show a document."""
    number = _number(call)
    with reading(call.serve.reader) as connection:
        facts = read_document(connection, number)
        newer = None if facts else newest_version(connection, number)
    if newer is not None:
        return RedirectResponse(f"/documents/{newer}", 303)
    if facts is None:
        raise RequestError(404, "There is no such document: it was deleted, or comes no longer.")
    return draw(call.request, "document.html", {"facts": facts, "row": facts.row})


def relabel(call: Call) -> Response:
    """Store what an editor says that a document's label is, beside what the model said."""
    number, form = _number(call), call.form
    analysis, label = form.get("analysis", ""), form.get("label", "")
    if analysis not in REVIEWABLE:
        raise RequestError(400, "This form is incomplete; load the document again.")
    with writing(call.serve.writer) as connection:
        counting = read_results(connection, number).by_analysis.get(analysis)
        subject = Subject(0 if counting is None else counting.run_id, analysis)
        if not documents_with_results(connection, subject, [number]):
            raise RequestError(404, "The document or its result is gone, and nothing was changed.")
        if label not in known_labels(connection, subject):
            raise RequestError(400, "The model does not know this label; load the document again.")
        stored = store(connection, subject, [Correction(number, label, CHOSEN)], call.visitor.name)
        if not stored.same:
            about = {"document": number, "analysis": analysis, "run": subject.run_id}
            record(connection, call.visitor.author, Action.RELABEL, **about, label=label)
    return RedirectResponse(own_address(form.get("next", ""), f"/documents/{number}#labels"), 303)


def _number(call: Call) -> int:
    number = int(call.request.path_params["number"])
    if number > _LARGEST:
        raise RequestError(404, "There is no such document.")
    return number
