"""Markdown becomes HTML that can carry nothing but text and links."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.markdown import to_html, to_text

pytestmark = pytest.mark.once

SCHEMES = ("http://", "https://", "mailto:", "tel:")
TAGS = {
    *("a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "strong", "ul"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}


class Inspector(HTMLParser):
    """Fails on a tag, an attribute or an address that a page must not have."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        for name, value in attrs:
            assert (tag, name) in {("a", "href"), ("a", "title"), ("a", "rel"), ("ol", "start")}, (tag, name)
            if name == "href":
                assert (value or "").lower().startswith(SCHEMES), value

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def inspect(html: str) -> None:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()


def test_it_writes_headings_lists_links_and_tables():
    written = to_html("# Terms\n\n*Last* **row**\n\n1. One\n2. [Two](https://example.org)\n\n|a|b|\n|-|-:|\n|1|2|\n")
    assert "<h2>Terms</h2>" in written
    assert "<em>Last</em> <strong>row</strong>" in written
    assert '<a href="https://example.org" rel="noopener noreferrer">Two</a>' in written
    assert "<td>2</td>" in written
    inspect(written)


def test_headings_are_shifted_and_stop_at_six():
    assert to_html("# A\n\n###### B", first_heading=3) == "<h3>A</h3>\n<h6>B</h6>\n"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://example.org/pixel.gif)",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](&#x6A;avascript&colon;alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:msgbox)",
        "[x](file:///etc/passwd)",
        "[x](//evil.example)",
        "[x](/accounts/logout/)",
        "[x](\\\\evil.example)",
        "<javascript:alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
        '[x](https://example.org "onmouseover=alert(1)")',
        '[x](https://example.org"onmouseover="alert(1))',
        "[x](https://example.org' onclick='alert(1))",
        "`</code><script>alert(1)</script>`",
        "```html onload=alert(1)\n</pre><script>alert(1)</script>\n```",
        '```"><script>alert(1)</script>\nx\n```',
        "# <style>*{display:none}</style>",
        "|<b onclick=x>|b|\n|-|-|\n|<svg/onload=alert(1)>|2|",
        "<!-- --><iframe src=https://example.org>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "\0<script>\0alert(1)</script>",
        '<a href="https://example.org" style="position:fixed">x</a>',
        "<form action=https://evil.example><input name=password>",
    ],
)
def test_nothing_hostile_comes_through(hostile: str):
    written = to_html(hostile)
    inspect(written)
    assert "<script" not in written
    assert "<img" not in written
    to_text(hostile)


@given(st.text(alphabet="<>[]()!\"'`#*_|-&;:/\\= \n\tabjavscript0", max_size=120))
def test_no_text_breaks_out(text: str):
    inspect(to_html(text))
    to_text(text)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("one", [">", "[", "*a ", "- ", "`", "![](", "<", "_", "|"])
def test_deep_nesting_takes_no_long_time(one: str):
    inspect(to_html(one * 10_000))
    to_text(one * 10_000)


def test_plain_text_keeps_what_is_said():
    text = (
        "# Terms\n\nBy booking you *accept* these.\nAlways.\n\n1. One\n2. [Two](https://example.org)\n   - inner\n\n"
        "<office@example.org>\n\n> A & B < C\n\n---\n\n| a | b |\n|-|-|\n| 1 | 2 |\n"
    )
    assert to_text(text) == (
        "Terms\n\nBy booking you accept these. Always.\n\n1. One\n2. Two (https://example.org)\n  - inner\n\n"
        "office@example.org\n\nA & B < C\n\n---\n\na | b\n1 | 2"
    )
