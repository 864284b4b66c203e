"""Exports of the systems that there are recipes for: their headers, and small files of theirs."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import Any

#: A header of each export, and the columns of text, title, id, time and rating.
EXPORTS: dict[str, tuple[list[str], tuple[Any, ...]]] = {
    "google-play": (
        ["Package Name", "App Version Code", "App Version Name", "Reviewer Language", "Device",
         "Review Submit Date and Time", "Review Submit Millis Since Epoch", "Star Rating",
         "Review Title", "Review Text", "Developer Reply Text", "Review Link"],
        ("Review Text", "Review Title", "Review Link", "Review Submit Date and Time",
         "Star Rating"),
    ),
    "app-store": (
        ["id", "rating", "title", "body", "reviewerNickname", "createdDate", "territory"],
        ("body", "title", "id", "createdDate", "rating"),
    ),
    "trustpilot": (
        ["Review Id", "Review Created (UTC)", "Review Title", "Review Content", "Review Stars"],
        ("Review Content", "Review Title", "Review Id", "Review Created (UTC)", "Review Stars"),
    ),
    "zendesk": (
        ["Ticket ID", "Subject", "Description", "Status", "Requester", "Created at"],
        ("Description", "Subject", "Ticket ID", "Created at", ""),
    ),
    "intercom": (
        ["Conversation ID", "Conversation started at (UTC)", "Conversation rating",
         "Conversation rating remark"],
        ("Conversation rating remark", None, "Conversation ID", "Conversation started at (UTC)",
         "Conversation rating"),
    ),
    "freshdesk": (
        ["Ticket ID", "Subject", "Status", "Priority", "Created time", "Due by Time",
         "Description"],
        ("Description", "Subject", "Ticket ID", "Created time", ""),
    ),
    "typeform": (
        ["#", "What now?", "Start Date (UTC)", "Submit Date (UTC)", "Network ID", "Tags"],
        (None, None, "#", "Submit Date (UTC)", None),
    ),
    "surveymonkey": (
        ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "What now?"],
        (None, None, "Respondent ID", "End Date", None),
    ),
    "qualtrics": (
        ["StartDate", "EndDate", "Status", "RecordedDate", "ResponseId", "UserLanguage", "Q1"],
        (None, None, "ResponseId", "RecordedDate", None),
    ),
    "google-forms": (
        ["Timestamp", "Email Address", "What now?"],
        (None, None, None, "Timestamp", None),
    ),
    "amazon": (
        ["overall", "reviewTime", "reviewerID", "asin", "reviewText", "summary",
         "unixReviewTime"],
        ("reviewText", "summary", None, "unixReviewTime", "overall"),
    ),
    "yelp": (
        ["review_id", "user_id", "business_id", "stars", "useful", "funny", "cool", "text",
         "date"],
        ("text", None, "review_id", "date", "stars"),
    ),
    "g2": (
        ["Review ID", "Title", "Star Rating", "What do you like best about Kettle?",
         "What do you dislike about Kettle?", "Submitted at"],
        (("What do you like best about Kettle?", "What do you dislike about Kettle?"), "Title",
         "Review ID", "Submitted at", "Star Rating"),
    ),
    "facebook": (
        ["id", "message", "created_time", "like_count"],
        ("message", None, "id", "created_time", ""),
    ),
    "instagram": (
        ["id", "text", "timestamp", "username", "like_count"],
        ("text", None, "id", "timestamp", ""),
    ),
    "x-twitter": (
        ["tweet_id", "author_id", "inbound", "created_at", "text", "response_tweet_id"],
        ("text", None, "tweet_id", "created_at", ""),
    ),
}  # fmt: skip

#: Where the recipe leaves the text to be found: what was asked.
QUESTIONS = ("What now?", "Q1")
TEXTS = (
    "The kettle leaks, and nobody answers the phone",
    "Great tea, but it took three weeks to get here",
    "I would buy it again if the lid were of metal",
    "How do I return it? The form asks for a number",
)
#: How a system writes times, where that is not as most do.
TIMES = {
    "amazon": "17699040{:02}",
    "facebook": "2026-10-{:02}T10:00:00+0000",
    "google-forms": "10/{:02}/2026 10:00:00",
    "surveymonkey": "10/{:02}/2026 10:00:00 AM",
    "x-twitter": "Mon Oct {:02} 22:10:47 +0000 2026",
}
#: Lines between the header and the answers.
BELOW_HEADER = {
    "qualtrics": [
        ["Start Date", "End Date", "Response Type", "Recorded Date", "Response ID",
         "User Language", "What should we do better?"],
        [f'{{"ImportId":"{name}"}}' for name in ("startDate", "endDate", "status",
         "recordedDate", "_recordId", "userLanguage", "QID1_TEXT")],
    ],
    "surveymonkey": [["", "", "", "", "", "Open-Ended Response"]],
}  # fmt: skip


def write_export(path: Path, name: str, column: str) -> int:
    """Write a small export, packed by gzip.

    Args:
        path: The file.
        name: The recipe's.
        column: A column of the customer's own, behind the others.

    Returns:
        The number of documents in it.
    """
    header, (text, title, id_, time, rating) = EXPORTS[name]
    texts = (text,) if isinstance(text, str) else text or QUESTIONS
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([*header, column])
    writer.writerows([*line, ""] for line in BELOW_HEADER.get(name, []))
    for number, said in enumerate(TEXTS, 1):
        values = {one: f"{said} ({one[:20]})" for one in texts} | {
            title: f"Number {number}",
            id_: f"{name}-{number}",
            time: TIMES.get(name, "2026-10-{:02} 10:00").format(number + 12),
            rating: str(number),
        }
        writer.writerow([*(values.get(one, "") for one in header), f"sku {number % 2}"])
    path.write_bytes(gzip.compress(written.getvalue().encode()))
    return len(TEXTS) * len([one for one in texts if one in header])
