"""The one place that asks the library: signs, levels, negation, and a conversation's last six messages."""

import subprocess
import sys

import pytest

from conversations.models.conversation import NEGATIVE_BELOW
from conversations.sentiment import level_of
from conversations.sentiment.scoring import LONGEST, MESSAGES, NEUTRAL, score
from tests.conversations.sentiment.labelled import MESSAGES as LABELLED


def sign(value: int) -> int:
    """As the levels read: the seven end at 42 and 58 around Neutral."""
    level = level_of(value).value
    return 0 if level == "neutral" else -1 if "negative" in level else 1


def test_at_least_80_of_100_labelled_messages_have_the_right_sign():
    wrong = [(label, score([text]), text) for label, text in LABELLED if sign(score([text])) != label]
    assert len(LABELLED) == len({text for _, text in LABELLED}) == 100
    assert len(wrong) <= 20, wrong


def test_the_index_of_negative_conversations_ends_where_their_levels_do():
    assert [sign(NEGATIVE_BELOW - 1), sign(NEGATIVE_BELOW)] == [-1, 0]


def test_no_displeased_message_reads_as_pleased():
    assert [text for label, text in LABELLED if label < 0 < sign(score([text]))] == []


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ("I am not happy with this.", "I am happy with this."),
        ("The app is good.", "The app is VERY GOOD!!!"),
        ("ok 😡", "ok 😊"),
        ("It doesn't work.", "It works."),
    ],
)
def test_negation_emphasis_and_emojis_count(worse, better):
    assert score([worse]) < score([better])


def test_nothing_written_or_nothing_that_tells_is_neutral():
    assert score([]) == score(["4471-220"]) == NEUTRAL


def test_the_newest_counts_most_and_the_seventh_last_not_at_all():
    worse, better = "This is terrible.", "Great, thank you!"
    assert score([worse, better]) > NEUTRAL > score([better, worse])
    six = ["My order number is 12."] * MESSAGES
    assert score([worse, *six]) == score(six)


@pytest.mark.parametrize("text", ["", " ", "\x00", "💥" * 3_000, "terrible " * 10_000, "<b>", "'" * 500, "Ω" * LONGEST])
def test_any_text_has_a_score_from_0_to_100(text):
    assert 0 <= score([text] * MESSAGES) <= 100


def test_whoever_only_imports_it_does_not_load_the_lexicon():
    seen = "import sys, conversations.sentiment.scoring; sys.exit('vaderSentiment' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", seen], check=False).returncode == 0
