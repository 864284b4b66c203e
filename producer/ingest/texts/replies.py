"""Mails: what their writer wrote, without the mails below that it answers, and the signature.

A quotation between the writer's own lines is theirs; so is all of a mail that has nothing else.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from producer.ingest.texts.empty_texts import is_empty_text

_I = re.IGNORECASE
#: `-----Original Message-----`, and the line that help desks put over their own mail.
_DIVIDER = re.compile(
    r"\s*(?:[-_]{2,}\s*(?:original message|reply message|forwarded message|"
    r"weitergeleitete nachricht|"
    r"message transféré|mensaje reenviado|ursprüngliche nachricht|originalnachricht|"
    r"message d['’]origine|message original|mensaje original|messaggio originale|"
    r"oorspronkelijk bericht)\s*[-_]{2,}|begin forwarded message:|#{1,}- .{5,80} -#{1,})\s*",
    _I,
)
#: `On Sat, 14 Mar 2026 at 10:00, Shop <help@shop.example> wrote:`, on up to three lines.
_ATTRIBUTION = re.compile(
    r"\s*(?:on|am|le|el|il|op|em)\b[^\n]*?(?:\n[^\n]*){0,2}?"
    r"\b(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu)\b[^\n:]{0,100}:\s*",
    _I,
)
#: `2026-03-14 10:00 Shop <help@shop.example>:`, where a quotation follows.
_ADDRESS_ABOVE = re.compile(r"[^\n]{0,200}<[^<>\s]+@[^<>\s]+>[^\n]{0,100}:\s*")
_ADDRESS = re.compile(r"@|<[^>]+>|\d{1,2}[:./]\d{2}|\d{4}")
_FROM = re.compile(r"\s*\*?(?:from|von|de|da|van)\s?:\*?\s+\S.*", _I)
_SENT = re.compile(r"\s*\*?(?:sent|date|gesendet|datum|envoyé|enviado|fecha|inviato|data)\s?:", _I)
_TO = re.compile(r"\s*\*?(?:to|an|à|para|a|subject|betreff|objet|asunto|oggetto|onderwerp)\s?:", _I)
_RULE = re.compile(r"\s*[_-]{10,}\s*")
_QUOTED = re.compile(r"\s*>")
_SIGNATURE = re.compile(
    r"--\s*|(?:sent from my|get outlook for|von meinem .{2,30} gesendet|gesendet mit|"
    r"envoyé de(?:puis)? mon|enviado desde mi|inviato da|verzonden vanaf)\b.{0,60}",
    _I,
)
#: Lines of a signature.
_MOST_SIGNATURE = 12


class OwnWords(NamedTuple):
    """A mail taken apart.

    Attributes:
        text: What its writer wrote.
        quoted: The rest; None where there is none.
    """

    text: str
    quoted: str | None


def strip_replies(text: str) -> OwnWords:
    """Take quoted mails and the signature out of a mail."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    own = _without_signature(_without_history(lines))
    if len(own) == len(lines):
        return OwnWords(text, None)
    written = "\n".join(own).strip()
    if is_empty_text(written):
        return OwnWords(text, None)
    return OwnWords(written, _rest(lines, own))


def _rest(lines: list[str], own: list[str]) -> str:
    """What was taken out: all lines but the own ones, which are in order."""
    left = iter(own)
    expected = next(left, None)
    rest = []
    for line in lines:
        if line == expected:
            expected = next(left, None)
        else:
            rest.append(line)
    return "\n".join(rest).strip()


def _without_history(lines: list[str]) -> list[str]:
    for number, line in enumerate(lines):
        if _DIVIDER.fullmatch(line) or _is_header(lines, number):
            return lines[:number]
        length = _attribution_length(lines, number)
        if length:
            behind = number + length
            end = _end_of_quote(lines, behind)
            # Without marks everything behind is the quoted mail.
            rest = lines[end:] if end > behind else []
            return lines[:number] + _without_history(rest)
    return _without_last_quote(lines)


def _is_header(lines: list[str], number: int) -> bool:
    """Whether a block like `From: … Sent: … To: …` begins here, perhaps with a rule above."""
    if _RULE.fullmatch(lines[number]):
        number += 1
    if number >= len(lines) or not _FROM.fullmatch(lines[number]):
        return False
    block = lines[number + 1 : number + 6]
    return any(map(_SENT.match, block)) and any(map(_TO.match, block))


def _attribution_length(lines: list[str], number: int) -> int:
    """How many lines from here on say who wrote what follows; 0 for none."""
    for length in (1, 2, 3):
        written = "\n".join(lines[number : number + length])
        if len(written) < 400 and _ATTRIBUTION.fullmatch(written) and _ADDRESS.search(written):
            return length
    if _ADDRESS_ABOVE.fullmatch(lines[number]):
        behind = next((line for line in lines[number + 1 :] if line.strip()), "")
        return int(bool(_QUOTED.match(behind)))
    return 0


def _end_of_quote(lines: list[str], number: int) -> int:
    """Where the quoted lines from here on end, with blank ones between them."""
    end = number
    for place in range(number, len(lines)):
        if _QUOTED.match(lines[place]):
            end = place + 1
        elif lines[place].strip():
            break
    return end


def _without_last_quote(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and (not lines[end - 1].strip() or _QUOTED.match(lines[end - 1])):
        end -= 1
    return lines[:end] if any(map(_QUOTED.match, lines[end:])) else lines


def _without_signature(lines: list[str]) -> list[str]:
    first = max(1, len(lines) - _MOST_SIGNATURE)
    for number in range(first, len(lines)):
        if _SIGNATURE.fullmatch(lines[number].strip()):
            return lines[:number]
    return lines
