"""Numbers that only the handling representative reads."""

import pytest

from conversations.masking import mask


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("My card is 4111 1111 1111 1111.", "My card is •••• 1111."),
        ("4111-1111-1111-1111", "•••• 1111"),
        ("it's 4111111111111111, thanks", "it's •••• 1111, thanks"),
        ("Amex 3782 822463 10005", "Amex •••• 0005"),
        ("5555 5555 5555 4444 exp 12/27", "•••• 4444 exp 12/27"),
        ("order 12 4111 1111 1111 1111", "order 12 •••• 1111"),
        ("4111 1111 1111 1111 12 27", "•••• 1111 12 27"),
        ("4111 1111 1111 1111 and 5555-5555-5555-4444", "•••• 1111 and •••• 4444"),
        ("4111\u00a01111\u00a01111\u00a01111", "•••• 1111"),
        ("IBAN NL91 ABNA 0417 1643 00 please", "IBAN NL•••• 4300 please"),
        ("nl91abna0417164300", "NL•••• 4300"),
        ("DE89-3704-0044-0532-0130-00", "DE•••• 3000"),
        ("My SSN is 078-05-1120", "My SSN is •••-••-1120"),
        ("the CVV is 123", "the CVV is ••••"),
        ("pin: 4821", "pin: ••••"),
    ],
)
def test_it_is_hidden_but_for_the_last_digits(written, shown):
    assert mask(written) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Where is my parcel?",
        "Order 4111 1111 1111 1112 hasn't come",
        "Call me at +31 6 1234 5678",
        "Ordered on 2026-11-21 at 09:30, 3 pieces",
        "Tracking 00340434161094042557",
        "0000 0000 0000 0000",
        "It costs 1,299.00 and weighs 12 kg",
        "pinned 1234567 times",
        "",
        "NL91 ABNA 0417 1643 01",
    ],
)
def test_other_numbers_stay_as_they_are(text):
    assert mask(text) == text


def test_a_long_text_of_digits_is_read_quickly():
    assert mask("1 2 3 4 5 6 7 8 9 0 " * 2_000)
    assert mask("AB12 " * 5_000)
