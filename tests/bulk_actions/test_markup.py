"""What customers type shows as text in previews, runs and Action History, and is no formula in their CSV."""

import csv
import io

from conversations.models import Conversation
from tests import factories
from tests.bulk_actions.conftest import HTMX, chosen, work

MARKUP = "<img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("https://evil.example")'


def made(harbor, subject):
    with harbor.scope():
        return factories.make_conversation(
            queue=harbor.orders, subject=subject, customer=factories.make_customer(f"Mia {MARKUP}")
        )


def test_the_preview_shows_it_as_text(harbor):
    row = made(harbor, f"Subject {MARKUP}")
    for action in ("force_close", "message_customer"):
        page = harbor.client().post(harbor.url(f"conversations/actions/{action}/"), chosen([row]), headers=HTMX).text
        assert "dialog__frame" in page
        assert "<img src=x" not in page


def test_the_run_and_its_history_show_it_as_text(harbor, started):
    run = work(harbor, started(harbor, [made(harbor, f"Subject {MARKUP}")]))
    client = harbor.client()
    page = client.get(harbor.url(f"action-history/{run.pk}/")).text
    assert "Subject &lt;img src=x onerror=alert(1)&gt;" in page
    for path in ("action-history/", f"action-history/{run.pk}/"):
        assert "<img src=x" not in client.get(harbor.url(path)).text


def test_no_cell_of_a_csv_is_a_formula(harbor, started):
    row = made(harbor, FORMULA)
    run = work(harbor, started(harbor, [row]))
    client = harbor.client()
    for path in (f"action-history/{run.pk}/export/", "action-history/export/"):
        text = b"".join(client.get(harbor.url(path)).streaming_content).decode()
        cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
        assert cells
        assert not [cell for cell in cells if cell.startswith("=")]
    with harbor.scope():
        assert Conversation.objects.get().subject == FORMULA, "it is stored as it was typed"
