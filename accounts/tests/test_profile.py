import pytest
from django.urls import reverse

from accounts.models import User
from testing.builders import make_city, make_theater

PROFILE = reverse("accounts:profile")
pytestmark = pytest.mark.django_db


def test_it_saves_and_speaks_the_chosen_language(client, customer):
    city = make_theater().city
    client.force_login(customer)
    answer = client.post(
        PROFILE, {"name": "आशा", "phone": "+43 1 234", "language": "de", "preferred_city": city.pk}, follow=True
    )
    customer.refresh_from_db()
    assert (customer.name, customer.phone, customer.language, customer.preferred_city) == (
        "आशा",
        "+43 1 234",
        "de",
        city,
    )
    assert client.cookies["django_language"].value == "de"
    assert '<html lang="de"' in answer.content.decode()


def test_only_cities_with_theaters_are_offered(client, customer):
    make_theater()
    make_city("Nowhere")
    client.force_login(customer)
    page = client.get(PROFILE).content.decode()
    assert "Vienna" in page
    assert "Nowhere" not in page


def test_bad_input_is_refused_and_nothing_changes(client, customer):
    client.force_login(customer)
    page = client.post(PROFILE, {"name": "x" * 200, "language": "xx"}).content.decode()
    assert page.count('aria-invalid="true"') == 2
    customer.refresh_from_db()
    assert customer.name == "Asha Customer"


def test_it_changes_no_other_person(client, customer, rival):
    client.force_login(rival)
    client.post(PROFILE, {"name": "Ruben", "language": "en", "pk": customer.pk, "email": "x@example.com"})
    customer.refresh_from_db()
    assert customer.name == "Asha Customer"
    assert User.objects.get(pk=rival.pk).email == "rival@example.com"


@pytest.mark.parametrize("name", ["profile", "data", "export", "erase"])
def test_it_requires_sign_in(client, name):
    assert client.get(reverse(f"accounts:{name}")).url.startswith(reverse("account_login"))
