"""Personal data: collected from all apps, exported, and erased.

Each app declares in `<app>/personal_data.py` what it holds about people:

* `HOLDINGS`: for each table about people, which rows and columns are a person's, and what becomes of them;
* `NOT_PERSONAL`: the other columns of its tables that can hold text, so that none is forgotten;
* `OBSTACLES`: what must be settled before a person may be erased, because it is owed to them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import transaction
from django.db.models import F, Field, FileField, GenericIPAddressField, JSONField, Model, QuerySet, TextField
from django.db.models.fields import BinaryField, CharField
from django.utils import timezone
from django.utils.functional import Promise

from accounts import audit
from accounts.actions import Action
from accounts.models import User

if TYPE_CHECKING:
    from types import ModuleType

    Rows = QuerySet[Any]

# Columns that can hold text, and so a name.
TEXT_COLUMNS: tuple[type[Any], ...] = (CharField, TextField, JSONField, GenericIPAddressField, FileField, BinaryField)


@dataclass(frozen=True, eq=False)
class Holding:
    """What one table holds about a person. A table may have several, one for each way in which rows are theirs.

    Erasing empties the `personal` columns and sets what `becomes` has (values, expressions, or functions),
    or deletes the rows, or calls `erase` with the person and the rows. The export contains the personal
    columns except those `withheld` for a reason, and `tells`: columns and expressions by their exported names.
    """

    model: type[Model]
    rows: Callable[[Person], Rows]
    personal: tuple[str, ...] = ()
    becomes: Mapping[str, Any] = field(default_factory=dict)
    is_deleted: bool = False
    erase: Callable[[Person, Rows], None] | None = None
    section: str = ""
    tells: Mapping[str, Any] = field(default_factory=dict)
    withheld: Mapping[str, str] = field(default_factory=dict)
    # True if `str(row)` names the person: then the audit log forgets that too.
    is_named: bool = False

    def export(self, person: Person) -> list[dict[str, Any]]:
        told = {name: F(column) if isinstance(column, str) else column for name, column in self.tells.items()}
        plain = [column for column in self.personal if column not in self.withheld]
        rows = self.model._default_manager.filter(pk__in=person.find(self)).order_by("pk")
        # Prefixed, because a name of the export may be that of a column.
        found = rows.values(**{f"told_{name}": column for name, column in (told | {c: F(c) for c in plain}).items()})
        return [{name.removeprefix("told_"): _plain(value) for name, value in row.items()} for row in found]

    def forget(self, person: Person) -> None:
        rows = self.model._default_manager.filter(pk__in=person.find(self))
        if self.erase is not None:
            self.erase(person, rows)
        elif self.is_deleted:
            rows.delete()
        else:
            rows.update(**self.blanks())

    def blanks(self) -> dict[str, Any]:
        """Return what the columns become."""
        empty = {name: _blank(self.model._meta.get_field(name)) for name in self.personal}
        return empty | {name: value() if callable(value) else value for name, value in self.becomes.items()}


@dataclass(frozen=True)
class Obstacle:
    """What keeps a person from being erased: `reason` says what to do about it, `bookings` where."""

    reason: str | Promise
    bookings: Collection[Any] = ()


class ErasureRefused(Exception):
    """Something is owed to the person, or they work here; `obstacles` names every reason."""

    def __init__(self, obstacles: list[Obstacle]) -> None:
        super().__init__(*(str(obstacle.reason) for obstacle in obstacles))
        self.obstacles = obstacles


@dataclass(frozen=True)
class Person:
    """Whose data it is: the account and its confirmed addresses. An address that was only typed proves nothing."""

    user: User
    _found: dict[Holding, list[Any]] = field(default_factory=dict)

    @cached_property
    def addresses(self) -> list[str]:
        proven = EmailAddress.objects.filter(user=self.user, verified=True)
        return [address.lower() for address in proven.values_list("email", flat=True)]

    def find(self, holding: Holding) -> list[Any]:
        """Return the primary keys of their rows, as found the first time. One query."""
        if holding not in self._found:
            self._found[holding] = list(holding.rows(self).values_list("pk", flat=True))
        return self._found[holding]


def export_person(user: User) -> dict[str, Any]:
    """Return everything that is kept about a person as plain JSON, by section. Times are UTC, in ISO 8601."""
    person = Person(user)
    told: dict[str, Any] = {"exported_at": timezone.now().isoformat()}
    for holding in holdings():
        if holding.section:
            told.setdefault(holding.section, []).extend(holding.export(person))
    return told


def check_erasable(user: User) -> None:
    """Raise `ErasureRefused` with everything that stands in the way."""
    person = Person(user)
    obstacles = [obstacle for find in _declared("OBSTACLES") for obstacle in find(person)]
    if obstacles:
        raise ErasureRefused(obstacles)


@transaction.atomic
def erase_person(*, user: User) -> None:
    """Erase everything that identifies `user`, for good. Harmless when repeated. Raises `ErasureRefused`.

    The user's row stays, closed and without a name, because bookings and the audit log point to it.
    """
    if not User.objects.filter(pk=user.pk, erased_at=None).update(erased_at=timezone.now(), is_active=False):
        return
    check_erasable(user)
    person = Person(user)
    audit.forget(
        # Find all rows before emptying any: erasing removes what they are found by.
        about=[(holding.model, person.find(holding), holding.is_named) for holding in holdings()],
        person=user,
        addresses=person.addresses,
        personal=audit_keys(),
    )
    for holding in holdings():
        holding.forget(person)
    user.refresh_from_db()
    audit.record(by=None, action=Action.ERASE_PERSON, on=user)


@cache
def holdings() -> list[Holding]:
    return list(_declared("HOLDINGS"))


def not_personal() -> dict[str, Collection[str] | None]:
    """Return the columns that are not personal, by model, or by app with None for all of them."""
    return {name: columns for module in _modules() for name, columns in module.NOT_PERSONAL.items()}


def audit_keys() -> list[str]:
    """Return the keys of personal values in the audit log: the columns, and others that apps declare."""
    columns = {column for holding in holdings() for column in holding.personal}
    return sorted(columns | set(_declared("AUDIT_KEYS")))


def audited_models() -> list[str]:
    """Return the models whose audit entries may have to forget a person, as `app_label.model`."""
    return sorted({holding.model._meta.label_lower for holding in holdings()})


def _modules() -> Iterator[ModuleType]:
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.personal_data"):
            yield import_module(f"{config.name}.personal_data")


def _declared(what: str) -> Iterable[Any]:
    for module in _modules():
        yield from getattr(module, what, ())


def _blank(column: Any) -> Any:
    if column.null:
        return None
    return column.get_default() if isinstance(column, Field) and column.has_default() else ""


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value if isinstance(value, int | float | bool | list | dict | None) else str(value)
