"""Sounds and desktop notices: by the person's own choice, kept for the member, the same in every tab."""

import pytest

from conversations.models import DeskAlerts


def choose(cast, *on, member=None):
    return cast.client(member or cast.agent).post(cast.url("desk/alerts/"), dict.fromkeys(on, "1"))


def status(cast):
    return cast.client(cast.agent).get(cast.url("desk/")).context["parts"]["status"]


def test_before_anybody_has_chosen_tones_are_on_and_desktop_notices_off(harbor):
    found = status(harbor)
    for wanted in ('sound-offers="on"', 'sound-messages="on"', 'desktop-offers="off"', 'desktop-messages="off"'):
        assert f"data-{wanted}" in found
    dialog = harbor.client(harbor.agent).get(harbor.url("desk/alerts/")).content.decode()
    assert dialog.count(" checked") == 2
    with harbor.scope():
        assert not DeskAlerts.objects.exists()


def test_a_choice_is_kept_and_stands_on_the_desk(harbor):
    assert choose(harbor, "sound_offers", "desktop_offers").status_code == 204
    found = status(harbor)
    for wanted in ('sound-offers="on"', 'sound-messages="off"', 'desktop-offers="on"', 'desktop-messages="off"'):
        assert f"data-{wanted}" in found
    assert choose(harbor).status_code == 204
    assert 'data-sound-offers="off"' in status(harbor)
    with harbor.scope():
        assert DeskAlerts.objects.count() == 1


def test_the_other_tabs_hear_of_it(harbor, monkeypatch, django_capture_on_commit_callbacks):
    published = []
    monkeypatch.setattr(
        "contact_center.live.publish.publish_now",
        lambda organization, kind, ids=(): published.append((kind, frozenset(ids))),
    )
    with django_capture_on_commit_callbacks(execute=True):
        choose(harbor, "sound_offers")
    assert published == [("desk", frozenset({harbor.ana.pk}))]


@pytest.mark.parametrize(("who", "answer"), [("summit", 404), ("supervisor", 403)])
def test_strangers_and_others_choose_nothing(harbor, summit, who, answer):
    member = summit.agent if who == "summit" else harbor.supervisor
    assert choose(harbor, "sound_offers", member=member).status_code == answer
    assert harbor.client(member).get(harbor.url("desk/alerts/")).status_code == answer
    with harbor.scope():
        assert not DeskAlerts.objects.exists()
