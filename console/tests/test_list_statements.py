"""What the lists of the console ask the database, however long they are."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from lib import guards
from testing.console import base, fill, registered
from testing.many_rows import multiply
from theaters.models import Theater

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.timeout(300)]

# Who asks, how many there are of all and of these, the rows, and the choices of two filters.
MOST = 7
# By label, what needs more, and why.
EXCEPTIONS: dict[str, int] = {}
# More than fit on a page.
MANY = 40


@pytest.mark.slow
def test_the_statements_of_a_list_do_not_grow(theater: Theater, other_theater: Theater, platform_admin: User):
    if connection.vendor != "sqlite":
        pytest.skip("copies rows past the guards, which only SQLite takes away for a while")
    client = Client()
    client.force_login(platform_admin)
    cut_off = set()

    def count(model: Any) -> int:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(reverse(f"{base(model)}_changelist"))
        assert response.status_code == 200, model._meta.label
        if len(response.context["cl"].result_list) == admin.site._registry[model].list_per_page:
            cut_off.add(model)
        return len(queries)

    fill(theater, "Mine")
    fill(other_theater, "Foreign")
    guards.drop(connection)
    multiply(registered(), 2)
    few = {model: count(model) for model in registered()}
    multiply(registered(), MANY)
    many = {model: count(model) for model in registered()}
    assert cut_off == set(registered())
    assert {model._meta.label: (few[model], many[model]) for model in many if many[model] > few[model]} == {}
    assert {
        model._meta.label: asked for model, asked in many.items() if asked > EXCEPTIONS.get(model._meta.label, MOST)
    } == {}
