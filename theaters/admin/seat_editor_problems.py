"""What the seat-map editor says about problems of a plan, by the codes of `plan/problems.js`."""

from __future__ import annotations

from django.utils.translation import gettext as _


def find_problem_words() -> dict[str, str]:
    return {
        "problem-missing-number": _("Seats without a number: %(count)s"),
        "problem-missing-category": _("Seats or areas without a category: %(count)s"),
        "problem-missing-name": _("An area or a category has no name."),
        "problem-too-long": _("This name is longer than %(limit)s characters: %(place)s"),
        "problem-not-plain-text": _("Use plain text only, without “<”, “>” or control characters: %(place)s"),
        "problem-empty": _("There is neither a seat nor standing room yet."),
        "problem-nothing-for-sale": _("None of the categories is for sale."),
        "problem-too-many-seats": _("There are more than %(limit)s seats."),
        "problem-row-too-long": _("%(place)s has %(count)s seats; at most %(limit)s are possible."),
        "problem-duplicate-category": _("There are two categories named “%(name)s”."),
        "problem-unknown-category": _("There is no category named “%(name)s”, which %(count)s seats or areas have."),
        "problem-unused-category": _("No seat or area is in the category “%(name)s”."),
        "problem-duplicate-id": _("Two seats or areas have the id “%(name)s”."),
        "problem-no-capacity": _("For how many people is the area “%(name)s”?"),
        "problem-bad-capacity": _("“%(name)s” needs a whole number of places from 1 to %(limit)s."),
        "problem-bad-quality": _("Quality is a whole number from %(least)s to %(most)s."),
        "problem-overlap": _("Seats overlap others: %(place)s, %(count)s in all"),
        "problem-lone-companion": _("This companion seat has no wheelchair place beside it: %(place)s"),
        "problem-no-companion": _("This wheelchair place has no companion seat beside it: %(place)s"),
        "problem-not-a-companion": _("This seat belongs to a wheelchair place, and is no companion seat: %(place)s"),
        "problem-unknown-wheelchair-place": _("The wheelchair place of this companion seat is gone: %(place)s"),
        "problem-same-label": _("%(count)s seats are called %(place)s."),
        "problem-jumping-numbers": _("Numbers jump: %(place)s is beside %(next)s."),
        "problem-narrow-rows": _("Too close to walk between: %(place)s and %(other)s"),
        "problem-far-seat": _("Far from all others: %(place)s"),
        "problem-stage-side": _("The stage is drawn at another side than “Room” says."),
        "problem-count": _("Errors: %(errors)s, doubtful: %(doubts)s"),
        "problem-none": _("Nothing is wrong or doubtful."),
        "problem-error": _("Error"),
        "problem-doubt": _("Doubtful"),
        "problem-show": _("Show me"),
        "problem-more": _("and %(count)s more"),
    }
