from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producer.ingest.texts.html_text import has_html, html_to_text
from producer.ingest.texts.text_cleaner import TextCleaner


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("It is <b>cold</b> &amp; late", "It is cold & late"),
        ("One<br>two<br/>three", "One\ntwo\nthree"),
        ("<p>One\n  line</p><p>two</p>", "One line\ntwo"),
        ("<div>a</div>\n<div><div>b</div></div>", "a\nb"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("&quot;No&quot; &#8211; I&#x27;m out&nbsp;of 5 &lt; 6", '"No" – I\'m out\xa0of 5 < 6'),
        ("<style>p {}</style><script>x()</script><!-- no -->seen", "seen"),
        ("I <3 it<br>a <b and c> d", "I <3 it\na d"),
        ('<a href="https://a.example">link</a>', "link"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("Mine<blockquote>Theirs<br>and more</blockquote>", "Mine\n> Theirs\n> and more"),
        # What is no HTML stays as it is.
        ("5 < 6\n\n  and <my opinion> & yours", "5 < 6\n\n  and <my opinion> & yours"),
        ("AT&T; R&D", "AT&T; R&D"),
    ],
)
def test_tags_and_entities_become_text(html: str, text: str) -> None:
    assert html_to_text(html) == text


@given(text=st.text("<>&/!-;#ab1p \n", max_size=40))
def test_anything_becomes_text(text: str) -> None:
    shown = html_to_text(text)
    assert has_html(text) or shown == text


def test_both_together() -> None:
    cleaner = TextCleaner(html=True, replies=True)
    mail = ("<p>It leaks</p><div>On 14 Mar 2026, Shop &lt;a@b.example&gt; wrote:</div>"
            "<blockquote>Sorry</blockquote>")  # fmt: skip
    assert cleaner.clean(mail).text == "It leaks"
    assert TextCleaner().clean(mail) == (mail, None)
