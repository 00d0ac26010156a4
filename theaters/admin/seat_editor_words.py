"""The sentences of the seat-map editor's scripts, which the page gives to them."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from theaters.admin.seat_editor_problems import find_problem_words

Words = dict[str, str | tuple[str, str]]


def find_words() -> Words:
    """Return each sentence by its name, in the language of the page; two where it depends on a number."""
    return {
        **_find_parts(),
        **_find_steps(),
        **find_problem_words(),
        "saved": _("Saved"),
        "preview-drawn": _("Drawing what customers see …"),
        "not-answered": _("The server is not answering. Please try again in a moment."),
        "nothing-changed": _("Nothing has changed."),
        "nothing-selected": _("Nothing is selected."),
        "nothing-to-undo": _("There is nothing to undo."),
        "nothing-to-redo": _("There is nothing to do again."),
        "undone": _("Undone: %(step)s"),
        "redone": _("Done again: %(step)s"),
        "copied": _("%(count)s copied"),
        "not-a-clip": _("What is in the clipboard is not from a seat map."),
        "edge": _("No seat further on."),
        "no-seats": _("There are no seats yet."),
        "tool-select": _("Select: click, or draw a box around"),
        "tool-lasso": _("Lasso: draw a line around"),
        "tool-hand": _("Hand: move the view"),
        "tool-measure": _("Measure: draw a line, or tap for the way to the stage"),
        "measure": _("%(distance)s (%(seats)s seats)"),
        "measured": _("Distance %(distance)s, as far as %(seats)s seats, at %(angle)s°"),
        "measured-to-stage": _("To the stage %(distance)s, as far as %(seats)s seats, at %(angle)s° from its middle"),
        "tool-backdrop": _("Move the plan to trace"),
        "tool-calibrate": _("Scale the plan to trace: tap two points whose distance you know"),
        "backdrop-line": _("How long is this line, in meters?"),
        "backdrop-sent": _("The plan to trace is being read …"),
        "backdrop-gone": _("The plan to trace is no longer there. Choose it again."),
        "tool-row": _("Row: draw it from its first seat to its last"),
        "tool-block": _("Block of rows: draw a box around it"),
        "tool-seat": _("Single seat: put it beside a row, which it joins, or anywhere"),
        "tool-round": _("Round table: put it where its middle is"),
        "tool-long": _("Long table: put it where its middle is"),
        "tool-rectangle": _("Area: draw a box around it"),
        "tool-ellipse": _("Round area: draw a box around it"),
        "tool-polygon": _("Area with corners: put one after the other, then press Enter"),
        "tool-stage": _("Stage: draw a box around it"),
        "tool-label": _("Words: put them where their middle is"),
        "corner": _("Corner %(number)s"),
        "corners": both(lambda n: ngettext("%(count)s corner", "%(count)s corners", n)),
        "floor-twice": _("There is a floor of this name already."),
        "category-twice": _("There is a category of this name already."),
    }


def _find_parts() -> Words:
    """Return what things are called."""
    return {
        "stage": _("Stage"),
        "row": _("row %(row)s"),
        "seat": _("seat %(number)s"),
        "no-category": _("no category"),
        "accessible": _("wheelchair place"),
        "companion": _("companion seat"),
        "restricted": _("restricted view"),
        "aisle": _("on the aisle"),
        "step_free": _("step-free"),
        "hearing_loop": _("hearing loop"),
        "no-section": _("No section"),
        "table": _("table %(row)s"),
        "seats": both(lambda n: ngettext("%(count)s seat", "%(count)s seats", n)),
        "places": both(lambda n: ngettext("%(count)s place", "%(count)s places", n)),
        "ground-floor": _("floor without a name"),
        "all-floors": _("All floors"),
        "all-seats": _("All seats"),
        "all-places": _("All places, with standing room"),
        "shapes": _("Areas and shapes"),
        "shape": _("shape"),
        "all-of-section": _("All of this section"),
        "all-of-row": _("All of this row"),
        "selected": _("selected"),
        "seats-selected": both(lambda n: ngettext("%(count)s seat selected", "%(count)s seats selected", n)),
        "areas-selected": both(lambda n: ngettext("%(count)s area selected", "%(count)s areas selected", n)),
    }


def _find_steps() -> Words:
    """Return what was done, as the history names it."""
    return {
        "moved": _("%(count)s moved"),
        "deleted": _("%(count)s deleted"),
        "turned": _("Turned by %(degrees)s°"),
        "turned-by-hand": _("Turned"),
        "mirrored": _("Mirrored"),
        "aligned": _("Aligned"),
        "distributed": _("Put at even distances"),
        "bent": _("Bent around a radius of %(radius)s"),
        "straightened": _("Made straight"),
        "spread": _("Put at a distance of %(distance)s"),
        "duplicated": _("Duplicated"),
        "pasted": _("Pasted"),
        "reshaped": _("Form changed"),
        "backdrop-added": _("Plan put under the drawing"),
        "backdrop-placed": _("Plan to trace moved"),
        "backdrop-scaled": _("Plan to trace scaled"),
        "backdrop-removed": _("Plan to trace removed"),
        "companions-bound": _("Now companion seats of the wheelchair place"),
        "corner-removed": _("Corner removed"),
        "colored": _("Colored"),
        "quality-set": _("Better or worse by %(quality)s"),
        "corner-added": _("Corner added"),
        "added-row": _("Row added"),
        "added-block": _("Block added"),
        "added-seat": _("Seat added"),
        "added-round": _("Table added"),
        "added-long": _("Table added"),
        "added-rectangle": _("Area added"),
        "added-ellipse": _("Area added"),
        "added-polygon": _("Area added"),
        "added-stage": _("Stage added"),
        "added-label": _("Words added"),
        "renumbered": _("Renumbered"),
        "relabeled": _("Rows labeled again"),
        "row-made": _("Made one row"),
        "rows-joined": _("Rows joined"),
        "row-split": _("Split off as a row"),
        "section-set": _("Now in section %(name)s"),
        "floor-set": _("Now on floor %(name)s"),
        "floor-added": _("Floor %(name)s added"),
        "floor-renamed": _("Floor named %(name)s"),
        "floor-moved": _("Floor %(name)s moved up"),
        "floor-removed": _("Floor %(name)s removed; what was on it is now on: %(other)s"),
        "stage-set": _("Stage moved"),
        "seats-set": both(lambda n: ngettext("Now %(count)s seat", "Now %(count)s seats", n)),
        "named": _("Named “%(name)s”"),
        "sold": _("Sold as standing room"),
        "unsold": _("Only drawn"),
        "capacity-set": _("Room for %(capacity)s"),
        "flag-on": _("%(count)s marked: %(flag)s"),
        "flag-off": _("%(count)s no longer marked: %(flag)s"),
        "category-set": _("Category %(category)s"),
        "category-added": _("Category %(category)s added"),
        "category-changed": _("Category %(category)s changed"),
        "category-removed": _("Category %(category)s removed; its seats are now in: %(other)s"),
    }


def both(word: Callable[[int], str]) -> tuple[str, str]:
    """Return a sentence for one and for many; the languages of the site have no other forms."""
    return word(1), word(2)
