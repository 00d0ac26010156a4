"""Draw the rows of a console list at once, exactly as Unfold would.

Unfold makes the heads of all columns again for each row, and renders a template for each label. Here heads
are made once, and each label that a list repeats is rendered once (`docs/decisions/console-lists.md` has
figures). Features that our lists do not use are left to Unfold: forms in rows, sections, and rows to drag.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import quote as urlquote

from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import lookup_field, quote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.template import Context, Library
from django.template.loader import render_to_string
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape, escape
from django.utils.http import RFC3986_SUBDELIMS
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from unfold.templatetags.unfold_list import CHECKBOX_CLASSES, LINK_CLASSES, ROW_CLASSES, result_headers, result_list
from unfold.utils import (
    display_for_dropdown,
    display_for_field,
    display_for_header,
    display_for_label,
    display_for_value,
)

register = Library()

ROW = (
    '<tbody class="block relative lg:table-row-group {}" x-data="{{rowOpen: false}}"><tr class="data-row block border '
    "border-base-200 mb-3 relative rounded-default lg:table-row lg:border-none lg:mb-0 lg:rounded-none "
    'dark:border-base-800">{}{}</tr></tbody>'
)
STRIPES = ("", "bg-base-50 dark:bg-white/[.02]")


class Column(NamedTuple):
    """A column: its field or method, the classes of its cells, and their label on a phone."""

    name: Any
    classes: str
    label: str


@register.simple_tag(takes_context=True)
def console_result_list(context: Context, cl: ChangeList) -> str:
    """Draw the table of a list, heads and rows."""
    if cl.formset or any(getattr(cl.model_admin, name, None) for name in ("list_sections", "ordering_field")):
        drawn: str = render_to_string("admin/change_list_results.html", result_list(context.flatten(), cl))
        return drawn
    headers = list(result_headers(cl))
    return render_to_string(
        "admin/console_results.html",
        {
            "cl": cl,
            "result_headers": headers,
            "num_sorted_fields": sum(1 for header in headers if header["sortable"] and header["sorted"]),
            "rows": Rows(cl, headers).draw(context.get("actions_row")),
            "has_add_permission": cl.model_admin.has_add_permission(context["request"]),
        },
    )


class NoRow:
    """A placeholder for a row, of which only key and name matter."""

    pk = "key-of-no-row"

    def __str__(self) -> str:
        return "name-of-no-row"


class Rows:
    """The rows of one list; rendered values are reused for rows with the same value."""

    def __init__(self, cl: ChangeList, headers: list[dict[str, Any]]) -> None:
        self.cl = cl
        self.columns = [
            Column(
                name,
                f"field-{getattr(name, '__name__', name)} {' '.join(ROW_CLASSES)}",
                conditional_escape(gettext("Select record") if name == "action_checkbox" else headers[index]["text"]),
            )
            for index, name in enumerate(cl.list_display)
        ]
        self._drawn: dict[Any, str] = {}
        self._address = self._find_address()

    def draw(self, actions: Iterable[Any] | None = None) -> SafeString:
        """Draw all rows, each with the menu of `actions` at its end."""
        rows = (
            ROW.format(STRIPES[number % 2], "".join(self._draw_cells(row)), _draw_actions(row, actions))
            for number, row in enumerate(self.cl.result_list)
        )
        return mark_safe("".join(rows))  # noqa: S308

    def _draw_cells(self, row: models.Model) -> Iterator[str]:
        links = self.cl.list_display_links
        is_first = True
        for column in self.columns:
            value, classes = self._draw_value(row, column)
            tag = "td"
            if links is not None and (column.name in links if links else is_first):
                tag, is_first = "th" if is_first else "td", False
                value = self._draw_link(row, value)
            yield f'<{tag} class="{classes}" data-label="{column.label}">{conditional_escape(value)}</{tag}>'

    def _draw_value(self, row: models.Model, column: Column) -> tuple[Any, str]:
        """Return the content of a cell, and its classes."""
        if column.name == "action_checkbox":
            return self._draw_checkbox(row), " ".join(CHECKBOX_CLASSES)
        empty = self.cl.model_admin.get_empty_value_display()
        try:
            field, method, value = lookup_field(column.name, row, self.cl.model_admin)
        except ObjectDoesNotExist:
            return empty, column.classes
        empty = getattr(method, "empty_value_display", empty)
        if field is None or field.auto_created:
            nowrap = " nowrap" if isinstance(value, datetime.date | datetime.time) else ""
            return self._draw_answer(row, column, method, value, empty), column.classes + nowrap
        if isinstance(field.remote_field, models.ManyToOneRel):
            related = getattr(row, field.name)
            shown = empty if related is None else related
        elif isinstance(field, models.BooleanField):
            shown = self._once((bool, value), lambda: display_for_field(value, field, empty))
        else:
            shown = display_for_field(value, field, empty)
        is_narrow = isinstance(field, models.DateField | models.TimeField | models.ForeignKey)
        return shown, f"{column.classes} nowrap" if is_narrow else column.classes

    def _find_address(self) -> str:
        """Return the address of the placeholder's page, which leads back to this list; "" if rows have no page.

        For each row of a list that is filtered, Django would look up which page its address leads to: a quarter of
        the time.
        """
        placeholder: Any = SimpleNamespace(**{self.cl.pk_attname: NoRow.pk})
        try:
            address = self.cl.url_for_result(placeholder)
        except NoReverseMatch:
            return ""
        return str(
            add_preserved_filters({"preserved_filters": self.cl.preserved_filters, "opts": self.cl.opts}, address)
        )

    def _draw_link(self, row: models.Model, value: Any) -> Any:
        """Draw the link from a row to its page, or the value alone if it has none."""
        if not self._address:
            return value
        cl = self.cl
        # As `reverse` writes it.
        key = urlquote(str(quote(getattr(row, cl.pk_attname))), safe=RFC3986_SUBDELIMS + "/~:@")
        address = escape(self._address.replace(NoRow.pk, key, 1))
        opened = escape(row.serializable_value(str(cl.to_field) if cl.to_field else cl.pk_attname))
        opener = f' data-popup-opener="{opened}"' if cl.is_popup else ""
        return mark_safe(  # noqa: S308
            f'<a href="{address}" class="{" ".join(LINK_CLASSES)}"{opener}>{conditional_escape(value)}</a>'
        )

    def _draw_checkbox(self, row: models.Model) -> SafeString:
        """Put the key and name of a row into the checkbox that was drawn for the placeholder."""
        box = self._once(("box", None), lambda: self.cl.model_admin.action_checkbox(NoRow()))
        drawn = box.replace(escape(NoRow.pk), escape(row.pk)).replace(escape(NoRow()), escape(row))
        return mark_safe(drawn)  # noqa: S308

    def _draw_answer(self, row: models.Model, column: Column, method: Any, value: Any, empty: str) -> Any:
        """Draw the value of a method or property."""
        label = getattr(method, "label", False)
        if label:
            return self._once((column.name, str(value)), lambda: display_for_label(value, empty, label))
        if getattr(method, "dropdown", False):
            return display_for_dropdown(row, column.name, value, empty)
        if getattr(method, "header", False):
            return display_for_header(value, empty)
        if getattr(method, "boolean", False):
            return self._once((bool, value), lambda: display_for_value(value, empty, boolean=True))
        return display_for_value(value, empty)

    def _once(self, key: tuple[Any, Any], draw: Callable[[], str]) -> str:
        if key not in self._drawn:
            self._drawn[key] = draw()
        return self._drawn[key]


def _draw_actions(row: models.Model, actions: Iterable[Any] | None) -> str:
    if not actions:
        return ""
    drawn: str = render_to_string("unfold/helpers/actions_row.html", {"actions": actions, "instance_pk": row.pk})
    return drawn
