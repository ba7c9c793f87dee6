"""What tests of the two dialogs share: opening one, reading its lines, pressing its button."""

import re

from bulk_actions.models import BulkAction
from bulk_actions.states import RunStatus
from tests.bulk_actions.conftest import HTMX, chosen

BASE = "conversations/actions/"
ASSIGN, TRANSFER = "assign_to_representative", "transfer_to_representative"


def post(cast, path, data=None, member=None):
    return cast.client(member).post(cast.url(BASE + path), data or {}, headers=HTMX)


def get(cast, path, data=None, member=None):
    return cast.client(member).get(cast.url(BASE + path), data or {}, headers=HTMX)


def text(response):
    """What a person reads: tags away, white space in one."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def open_dialog(cast, conversations, action=ASSIGN, member=None):
    response = post(cast, f"{action}/", chosen(conversations), member)
    assert response.status_code == 200, text(response)
    return response


def key_of(response):
    return re.search(r'name="run_key" value="([^"]+)"', response.content.decode())[1]


def offered(response, name="representative"):
    """The values one can choose, in the order of the lines."""
    found = re.findall(rf'<input type="radio" name="{name}" value="(\d+)"([^>]*)>', response.content.decode())
    return [int(pk) for pk, more in found if "disabled" not in more]


def notes(response):
    return [note for note in re.findall(r'data-note="([^"]*)"', response.content.decode()) if note]


def press(cast, response, *, to_queue=None, to_person=None, action=ASSIGN, member=None):
    """Assign or Transfer, in the dialog that the response is."""
    verb = action.split("_", maxsplit=1)[0]
    data = {"run_key": key_of(response)}
    if to_queue is not None:
        data |= {"choice": f"{verb}_to_queue", "queue": to_queue.pk}
    if to_person is not None:
        data |= {"choice": f"{verb}_to_representative", "representative": to_person.pk}
    return post(cast, f"{action}/start/", data, member)


def runs(cast):
    with cast.scope():
        return list(BulkAction.objects.exclude(status=RunStatus.PREVIEWED))
