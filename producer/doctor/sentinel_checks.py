"""Sentinels: whether they answer, agree, and can choose another primary."""

from __future__ import annotations

from collections.abc import Iterator

from producer.doctor.check import Check, fine, warning, wrong
from producer.nodes.redis_of_settings import redis_url_of
from schema.broker.sentinels import SentinelAnswer, ask_sentinels
from schema.settings import Settings


def sentinel_checks(config: Settings) -> Iterator[Check]:
    """Check the Sentinels of the settings; nothing where Redis is named itself."""
    url = redis_url_of(config)
    answers = list(ask_sentinels(url)) if url else []
    if answers:
        yield _judge(answers)


def _judge(answers: list[SentinelAnswer]) -> Check:
    about = "redis sentinels"
    silent = [f"{one.address} ({one.error})" for one in answers if one.error]
    strange = [one.address for one in answers if not one.error and not one.primary]
    known = [one for one in answers if one.primary]
    primaries = sorted({str(one.primary) for one in known})
    if strange:
        return wrong(
            about,
            f"{', '.join(strange)} knows no primary of that name; correct master_name in "
            "TRIAGE_REDIS_URL",
        )
    if not known:
        return wrong(about, f"none answers: {', '.join(silent)}; check TRIAGE_REDIS_URL")
    if len(primaries) > 1:
        return warning(about, f"they name {' and '.join(primaries)}: a failover goes on; ask again")
    said = f"{len(known)} of {len(answers)} answer, primary {primaries[0]}"
    if silent:
        return warning(about, f"{said}; start {', '.join(silent)}, or take it out of the URL")
    if min(one.sentinels for one in known) <= 2:
        return warning(
            about,
            f"{said}; fewer than three Sentinels watch it, so the loss of one host can keep the "
            "others from choosing another primary",
        )
    return fine(about, said)
