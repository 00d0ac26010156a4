import pytest
from django.core.exceptions import ValidationError

from accounts.actions import Action
from accounts.models import AuditEntry, User
from testing.builders import make_user
from theaters.models import FormerWording, Theater, Wording
from theaters.wordings.find import find_words
from theaters.wordings.places import find_place
from theaters.wordings.save import KEPT_FORMER, copy_wordings, save_wording

CLOSING, GREETING = "booking_confirmed.closing", "booking_confirmed.greeting"


@pytest.fixture
def by(db: None) -> User:
    return make_user("words@example.com")


def save(theater: Theater, text: str, by: User, *, key: str = CLOSING, language: str = "en") -> bool:
    place = find_place(key)
    assert place is not None
    return save_wording(theater=theater, place=place, language=language, text=text, by=by)


def find(theater: Theater, language: str = "en") -> dict[str, dict[str, str]]:
    return find_words(Theater.objects.get(pk=theater.pk), "booking_confirmed", language)


def test_a_text_is_found(theater, other_theater, by):
    assert save(theater, " See you,  \r\n{first_name}!\n", by)
    assert find(theater) == {"closing": {"text": "See you,\n{first_name}!", "language": "en"}}
    assert find(other_theater) == {}
    assert find_words(Theater.objects.get(pk=theater.pk), "show_reminder", "en") == {}


def test_each_save_is_audited_and_kept(theater, by):
    save(theater, "One", by)
    save(theater, "Two", by)
    assert not save(theater, "Two", by)
    assert [former.text for former in FormerWording.objects.all()] == ["One"]
    entries = AuditEntry.objects.filter(action=Action.CHANGE_WORDING, theater_id=theater.pk).order_by("pk")
    assert [(entry.before, entry.after) for entry in entries] == [
        ({"text": ""}, {"text": "One"}),
        ({"text": "One"}, {"text": "Two"}),
    ]


def test_an_empty_text_is_the_original(theater, by):
    save(theater, "One", by)
    save(theater, "", by)
    assert find(theater) == {}
    assert FormerWording.objects.get().text == "One"


def test_only_the_latest_former_texts_are_kept(theater, by):
    for number in range(KEPT_FORMER + 3):
        save(theater, f"Text {number}", by)
    texts = [former.text for former in FormerWording.objects.all()]
    assert len(texts) == KEPT_FORMER
    assert texts[0] == f"Text {KEPT_FORMER + 1}"


def test_a_missing_language_is_the_theaters_first_one(theater, by):
    save(theater, "Bis bald", by, language="de")
    save(theater, "Servus {name}", by, key=GREETING, language="de")
    assert find(theater, "en") == {}
    save(theater, "See you", by)
    save(theater, "Dear {name}", by, key=GREETING)
    assert find(theater, "de")["closing"] == {"text": "Bis bald", "language": "de"}
    # A greeting has an original in every language, which is better than one in another.
    assert find(theater, "hi") == {"closing": {"text": "See you", "language": "en"}}


@pytest.mark.parametrize("text", ["Hello {nobody}", "Hello {", "x" * 5000])
def test_a_wrong_text_is_refused(theater, by, text):
    save(theater, "Right", by)
    with pytest.raises(ValidationError):
        save(theater, text, by)
    assert find(theater)["closing"]["text"] == "Right"
    assert Wording.objects.count() == 1


def test_texts_cost_no_query_where_there_are_none_or_they_are_known(theater, by, django_assert_num_queries):
    fresh = Theater.objects.get(pk=theater.pk)
    with django_assert_num_queries(0):
        find_words(fresh, "booking_confirmed", "en")
    save(theater, "One", by)
    fresh = Theater.objects.get(pk=theater.pk)
    with django_assert_num_queries(1):
        find_words(fresh, "booking_confirmed", "en")
    with django_assert_num_queries(0):
        find_words(fresh, "show_reminder", "de")
    save(theater, "Two", by)
    assert find(theater)["closing"]["text"] == "Two"


def test_texts_are_copied_to_another_theater(theater, other_theater, by):
    save(theater, "One", by)
    save(theater, "Eins", by, language="de")
    save(other_theater, "Before", by)
    assert copy_wordings(theater=theater, to=other_theater, by=by) == 2
    assert find(other_theater)["closing"]["text"] == "One"
    assert FormerWording.objects.get().text == "Before"
    assert copy_wordings(theater=theater, to=other_theater, by=by) == 0
    with pytest.raises(ValidationError):
        copy_wordings(theater=theater, to=theater, by=by)
