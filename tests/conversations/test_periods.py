"""Periods in words and as conditions."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from conversations import periods
from conversations.models import Conversation
from tests.factories import make_conversation


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("24h", "in the last 24 h"),
        ("over-7d", "more than 7 days ago"),
        ("today", "today"),
        ("2026-11-01..2026-11-20", "1 Nov 2026 to 20 Nov 2026"),
        ("2026-11-01..2026-11-01", "1 Nov 2026"),
        ("2026-11-01..", "from 1 Nov 2026"),
        ("..2026-11-20", "until 20 Nov 2026"),
    ],
)
def test_a_period_reads_as_people_say_it(typed, words):
    assert periods.period_label(typed) == words


@pytest.mark.parametrize(
    "typed", ["", "..", "0h", "h", "24", "tomorrow", "2026-13-01..", "2026-11-20..2026-11-01", "9999-01-01..", "1h..2h"]
)
def test_what_is_no_period_has_no_words(typed):
    assert periods.period_label(typed) is None


def test_days_begin_at_midnight_of_the_time_zone(harbor):
    # 23:30 in UTC is the next day in Auckland already.
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    with harbor.scope():
        make_conversation(queue=harbor.orders, created_at=late)
        in_utc = periods.within("created_at", "2026-11-20..2026-11-20", "UTC")
        in_auckland = periods.within("created_at", "2026-11-20..2026-11-20", "Pacific/Auckland")
        assert Conversation.objects.filter(in_utc).count() == 1
        assert Conversation.objects.filter(in_auckland).count() == 0


def test_lengths_count_back_from_now(harbor):
    with harbor.scope():
        make_conversation(queue=harbor.orders, created_at=timezone.now() - timedelta(hours=2))
        found = {
            typed: Conversation.objects.filter(periods.within("created_at", typed, "UTC")).count()
            for typed in ("1h", "3h", "over-1h", "over-3h")
        }
    assert found == {"1h": 0, "3h": 1, "over-1h": 1, "over-3h": 0}
