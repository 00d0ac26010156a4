"""Markdown that staff write, as safe HTML for pages and mails, and as plain text.

CommonMark with tables, without HTML and pictures. Links lead to the web, a mail address or a telephone, and
nowhere else; what is not allowed is left as text. The parser writes no HTML of the author's, and a cleaner
goes over what it wrote, so that a fault in one of them lets nothing through.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_SCHEMES = {"http", "https", "mailto", "tel"}
_ALLOWED_LINK = re.compile(r"(https?://|mailto:|tel:)[^\s]", re.IGNORECASE)
_LOWEST_HEADING = 6
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
_TAGS = {"a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "strong", "ul"} | _HEADINGS | _TABLES
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}


def _is_allowed(address: str) -> bool:
    return bool(_ALLOWED_LINK.match(address))


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    parser.validateLink = _is_allowed  # type: ignore[assignment, method-assign]
    return parser


_parser = _make_parser()


def to_html(text: str, *, first_heading: int = 2) -> SafeString:
    """Return the text as HTML. A heading of the first level becomes `h<first_heading>`, the others follow."""
    tokens = _parser.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + first_heading - 1, _LOWEST_HEADING)}"
        # How a column is set is a style, which pages do not allow.
        token.attrs.pop("style", None)
    written = _parser.renderer.render(tokens, _parser.options, {})
    cleaned = nh3.clean(written, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, url_relative="deny")
    return mark_safe(cleaned)  # noqa: S308 cleaned right here


def to_text(text: str) -> str:
    """Return the text without marks, for the plain twin of a mail: addresses stand behind what links to them."""
    blocks: list[str] = []
    lists: list[int | None] = []
    # What the next block begins with: the mark of a list's item.
    mark = ""
    cells: list[str] = []
    in_table = 0
    for token in _parser.parse(text):
        match token.type:
            case "ordered_list_open":
                lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_open":
                lists.append(None)
            case "ordered_list_close" | "bullet_list_close":
                lists.pop()
                mark = ""
            case "list_item_open":
                number = lists[-1]
                mark = "  " * (len(lists) - 1) + ("- " if number is None else f"{number}. ")
                lists[-1] = None if number is None else number + 1
            case "table_open" | "table_close":
                in_table += 1 if token.nesting > 0 else -1
            case "tr_close":
                blocks.append(" | ".join(cells))
                cells = []
            case "inline" if in_table:
                cells.append(_write_inline(token.children or []))
            case "inline" | "code_block" | "fence":
                written = _write_inline(token.children) if token.children is not None else token.content.rstrip()
                blocks.append(f"{mark or '  ' * len(lists)}{written}")
                mark = ""
            case "hr":
                blocks.append("---")
    return _join(blocks)


def _write_inline(tokens: Sequence[Token]) -> str:
    written: list[str] = []
    links: list[tuple[int, str]] = []
    for token in tokens:
        match token.type:
            case "softbreak":
                written.append(" ")
            case "hardbreak":
                written.append("\n")
            case "link_open":
                links.append((len(written), str(token.attrs["href"])))
            case "link_close":
                start, address = links.pop()
                said = "".join(written[start:])
                if said != address.partition(":")[2] and said != address:
                    written.append(f" ({address})")
            case _:
                written.append(token.content)
    return "".join(written)


def _join(blocks: list[str]) -> str:
    """Join with an empty line between blocks, but none inside lists and tables."""
    text = ""
    for number, block in enumerate(blocks):
        if number:
            text += "\n" if _is_row(block) and _is_row(blocks[number - 1]) else "\n\n"
        text += block
    return text


def _is_row(block: str) -> bool:
    return bool(re.match(r"\s*(- |\d+\. )", block)) or " | " in block
