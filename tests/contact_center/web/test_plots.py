"""A plot says the same three times: drawn, as a sentence, and as a table."""

from datetime import UTC, datetime

from django.template.loader import render_to_string

from contact_center.web.plots import Bars, Course

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_course_carries_its_sentence_and_its_table():
    course = Course(
        "sentiment",
        "Sentiment",
        "It fell from 60 to 40.5.",
        ["Score", "Mean"],
        [(NOON, (60, None)), (NOON, (40.5, 50))],
    )
    text = render_to_string("components/_plot.html", {"plot": course})
    assert 'id="plot-sentiment"' in text
    assert 'aria-label="Sentiment. It fell from 60 to 40.5."' in text
    assert '<span role="cell" data-value="60">60</span><span role="cell" data-value="">–</span>' in text
    assert '<span role="cell" data-value="40.5">40.5</span><span role="cell" data-value="50">50</span>' in text
    assert "hx-swap-oob" not in text
    assert 'hx-swap-oob="morph"' in render_to_string("components/_plot.html", {"plot": course, "out_of_band": True})


def test_a_course_without_points_says_so():
    text = render_to_string("components/_plot.html", {"plot": Course("a", "A", "Nothing was counted yet.", ["B"], [])})
    assert "Nothing was counted yet." in text
    assert "plot__drawing" not in text


def test_bars_are_as_long_as_their_counts():
    bars = Bars("channels", "By channel", "", [("Voice", 4, ""), ("SMS", 1, "/there"), ("Social", 0, "")])
    assert [row["width"] for row in bars.rows] == [100, 25, 0]
    assert '<a href="/there">SMS</a>' in render_to_string("components/_bars.html", {"bars": bars})
