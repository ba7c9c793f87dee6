"""The template tags of the console: icons, clocks in words, bars."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context
from django.utils import timezone

from contact_center.web.templatetags import console
from conversations.listing import ONGOING
from conversations.rows import row_template

TEMPLATES = Path(settings.BASE_DIR) / "templates"

ROW = {
    "id": 5,
    "number": "C-20480",
    "version": 3,
    "url": "/o/harbor/conversations/5/",
    "subject": "<b>Where</b> is my parcel?",
    "status": "open",
    "status_icon": "status-open",
    "status_label": "Open",
    "channel_icon": "message",
    "wait_since": "2026-01-05T10:00:00+00:00",
    "created_at": "2026-01-05T10:00:00+00:00",
}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "00:00"), (252, "04:12"), (3852, "1:04:12"), (183_600, "2 d 3 h"), (-5, "00:00")],
)
def test_a_duration_reads_like_a_clock(seconds: int, words: str) -> None:
    assert console.duration(seconds) == words
    assert console.duration(timedelta(seconds=seconds)) == words


def test_a_missing_duration_is_empty() -> None:
    assert console.duration(None) == ""
    assert console.relative(None) == ""


@pytest.mark.parametrize(("minutes", "words"), [(0, "now"), (12, "12 min"), (200, "3 h"), (3000, "2 d")])
def test_an_age_has_one_unit(minutes: int, words: str) -> None:
    assert console.relative(timezone.now() - timedelta(minutes=minutes, seconds=5)) == words


@pytest.mark.parametrize(
    ("name", "letters"), [("Amara Singh", "AS"), ("scoped@harbor.example", "SE"), ("Cher", "C"), ("", "")]
)
def test_initials_are_two_letters_at_most(name: str, letters: str) -> None:
    assert console.initials(name) == letters


def test_numbers_are_grouped_and_words_left_alone() -> None:
    assert console.grouped(1284) == "1,284"
    assert console.grouped("10,000+") == "10,000+"


def test_the_bar_needs_no_inline_style() -> None:
    bar = console.outcome_bar(612, 30, 2, 1000)
    assert 'viewBox="0 0 1000 1"' in bar
    assert '<rect class="is-failed" x="642" width="2" height="1"/>' in bar
    assert "style=" not in bar


def test_the_bar_of_an_empty_run_can_be_drawn() -> None:
    assert 'viewBox="0 0 1 1"' in console.outcome_bar(0, 0, 0, 0)


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    sprite = console.icon_sprite()
    named = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'{% icon (?:[\w.]+\|default:)?"([\w-]+)"', path.read_text(encoding="utf-8"))
    }
    assert {name for name in named if f'id="i-{name}"' not in sprite} == set()


def test_a_row_starts_with_its_element_and_escapes_what_customers_wrote() -> None:
    row = row_template(ONGOING.columns.names).render(Context({"row": ROW}))
    assert row.startswith('<tr id="conversation-5"')
    assert "&lt;b&gt;Where" in row
    assert 'aria-label="Select conversation C-20480"' in row
