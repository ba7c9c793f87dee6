"""Floods: refused with a sentence and a time, and what was written stays with who wrote it."""

import uuid

import pytest

from conversations.chat import limits
from conversations.chat.limits import Limit, What, seconds_to_wait
from conversations.models import Message
from tests.conversations.chat.conftest import PAGE, Guest


@pytest.fixture
def tight(monkeypatch):
    """A page's own counters, so that no other test is counted with it."""

    def to(what, **numbers):
        known = {"visitor": 1_000, "address": 1_000, "page": 1_000} | numbers
        monkeypatch.setattr(limits, "LIMITS", {**limits.LIMITS, what: Limit(**known)})

    return to


@pytest.fixture
def key():
    return uuid.uuid4().hex


@pytest.mark.parametrize("kind", ["visitor", "address", "page"])
def test_each_kind_of_limit_holds_and_says_how_long(tight, key, kind):
    tight(What.WRITE, **{kind: 2})
    waits = [seconds_to_wait(What.WRITE, key=key, visitor="v", address="a") for _ in range(6)]
    assert waits[:2] == [0, 0]
    assert 1 <= waits[-1] <= 60


def test_another_visitor_address_or_page_is_counted_apart(tight, key):
    tight(What.WRITE, visitor=2, address=2, page=1_000)
    for _ in range(6):
        seconds_to_wait(What.WRITE, key=key, visitor="v", address="a")
    assert seconds_to_wait(What.WRITE, key=key, visitor="w", address="b") == 0
    assert seconds_to_wait(What.READ, key=key, visitor="v", address="a") == 0


def test_messages_that_come_too_fast_are_refused_and_not_stored(tight, harbor, guest):
    guest.ask()
    tight(What.WRITE, page=0)
    answer = guest.write("Hello")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.json()["error"].startswith("That was a lot in a short time. Please wait")
    with harbor.scope():
        assert not Message.objects.filter(text="Hello").exists()


def test_a_start_that_comes_too_fast_keeps_name_and_question(tight, guest):
    tight(What.START, page=0)
    answer = guest.ask("A long and careful question", "Mia Okafor")
    assert answer.status_code == 429
    assert "That was a lot in a short time." in answer.text
    assert "A long and careful question" in answer.text
    assert 'value="Mia Okafor"' in answer.text


def test_a_flood_of_reading_is_refused_for_a_minute(tight, guest):
    guest.ask()
    tight(What.READ, page=0)
    assert guest.get(PAGE).status_code == 429
    assert guest.get(f"{PAGE}messages/").status_code == 429


def test_a_flood_without_cookies_is_counted_by_address(tight, stream):
    tight(What.START, address=0)
    assert Guest().ask("").status_code == 429


def test_the_address_is_the_proxys_word_only_where_it_is_trusted(settings):
    settings.TRUST_PROXY = False
    assert limits.address_of("203.0.113.9", "10.0.0.1") == "10.0.0.1"
    settings.TRUST_PROXY = True
    assert limits.address_of("198.51.100.1, 203.0.113.9", "10.0.0.1") == "203.0.113.9"
    assert limits.address_of("", "10.0.0.1") == "10.0.0.1"
