"""Which brand a theater's pages, mails and papers bear."""

import pytest
from django.db import IntegrityError, transaction

from testing.builders import make_theater
from theaters.brands import brand_of, brand_of_host, find_brand
from theaters.directory import forget_directory
from theaters.models import Brand, Theater

pytestmark = pytest.mark.django_db


def test_theaters_share_a_brand_and_others_bear_the_sites(settings, django_assert_num_queries):
    settings.SITE_NAME = "Boxes"
    brand = Brand.objects.create(name="Riverside", slug="riverside", color="#AA1122", social_links="https://a.org/x\n")
    first, second, other = make_theater("One"), make_theater("Two"), make_theater("Three")
    Theater.objects.filter(pk__in=[first.pk, second.pk]).update(brand=brand)
    forget_directory()
    found = brand_of(first)
    assert (found.name, found.sender_name, found.color) == ("Riverside", "Riverside", "#aa1122")
    assert found.social_links == ("https://a.org/x",)
    assert found.theater_ids == (first.pk, second.pk)
    with django_assert_num_queries(0):
        assert brand_of(second.pk) is found is find_brand("riverside")
        assert (brand_of(other).name, brand_of(other).is_site, brand_of(None).slug) == ("Boxes", True, "")


def test_a_domain_is_served_only_once_it_is_confirmed(settings):
    settings.SITE_URL = "https://boxes.example"
    brand = Brand.objects.create(name="Riverside", slug="riverside", domain="tickets.riverside.example")
    make_theater(brand=brand)
    forget_directory()
    assert brand_of_host("tickets.riverside.example") is None
    assert find_brand("riverside").address == "https://boxes.example"
    Brand.objects.filter(pk=brand.pk).update(is_domain_confirmed=True)
    forget_directory()
    assert brand_of_host("Tickets.Riverside.example:443").slug == "riverside"
    assert find_brand("riverside").address == "https://tickets.riverside.example"


def test_no_two_brands_have_a_domain_and_several_may_ask_for_it():
    first, second = (Brand.objects.create(name=name, slug=name, domain="a.example") for name in ("one", "two"))
    Brand.objects.filter(pk=first.pk).update(is_domain_confirmed=True)
    for pk, fields in [
        (second.pk, {"is_domain_confirmed": True}),
        (second.pk, {"domain": "A.example"}),
        (first.pk, {"domain": ""}),
    ]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Brand.objects.filter(pk=pk).update(**fields)
