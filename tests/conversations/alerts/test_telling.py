"""Who is told of an alert: by right and scope in the bell, by their own choice and the organization's by e-mail."""

import pytest
from django.core import mail
from django.utils import timezone

from contact_center.tenancy.models import Membership
from conversations.actions.mood import store_sentiment
from conversations.alerts import judging
from conversations.alerts.judging import Reading
from conversations.delivery import claims
from conversations.delivery.sending import send
from conversations.models import Alert, AlertChoice, AlertSettings, OutboxEntry
from tests.factories import make_conversation, make_customer

FIGURE = "metric_backlog"
STUCK = "stuck_waiting"


@pytest.fixture
def found(monkeypatch):
    readings = []
    monkeypatch.setattr(judging, "SOURCES", [lambda now, own: list(readings)])
    return readings


def look(cast):
    with cast.scope():
        judging.judge(timezone.now())


def wants_mail(cast, member, *kinds, **fields):
    with cast.scope():
        AlertChoice.objects.create(membership=member, by_mail=list(kinds), **fields)


def letters(cast):
    with cast.scope():
        return list(OutboxEntry.objects.filter(kind=OutboxEntry.Kind.EMAIL).order_by("pk"))


def of_queue(cast, queue, level="critical"):
    return Reading(FIGURE, queue.pk if queue else None, 60, level, 50)


def test_supervisors_whose_queues_cover_it_are_told(harbor, found):
    found += [of_queue(harbor, harbor.orders), of_queue(harbor, harbor.refunds), of_queue(harbor, None)]
    look(harbor)
    with harbor.scope():
        told = {alert.queue_id: set(alert.told) for alert in Alert.objects.all()}
    everywhere = {harbor.supervisor.pk, harbor.second.pk}
    assert told == {harbor.orders.pk: everywhere, harbor.refunds.pk: everywhere | {harbor.scoped.pk}, None: everywhere}


def test_whoever_has_left_is_not_told(harbor, found):
    with harbor.scope():
        Membership.objects.filter(pk=harbor.second.pk).update(is_active=False)
    found.append(of_queue(harbor, harbor.orders))
    look(harbor)
    with harbor.scope():
        assert Alert.objects.get().told == [harbor.supervisor.pk]


def test_an_e_mail_goes_to_those_who_chose_it_and_see_the_queue(harbor, found, settings):
    settings.CONSOLE_URL = "https://console.example.com"
    for member in (harbor.supervisor, harbor.scoped, harbor.agent):
        wants_mail(harbor, member, FIGURE)
    found.append(of_queue(harbor, harbor.orders))
    look(harbor)
    look(harbor)
    (letter,) = letters(harbor)
    assert letter.payload["to"] == harbor.supervisor.user.email
    assert letter.payload["subject"] == "Queue backlog in Orders: Critical"
    assert "60 when it began; Critical at 50 or more." in letter.payload["text"]
    assert "https://console.example.com/o/harbor/conversations/?" in letter.payload["text"]
    with harbor.scope():
        assert Alert.objects.get().mailed == [harbor.supervisor.pk]


def test_at_risk_is_mailed_only_to_those_who_asked_for_it(harbor, found):
    wants_mail(harbor, harbor.supervisor, FIGURE)
    wants_mail(harbor, harbor.second, FIGURE, from_level="at_risk")
    found.append(of_queue(harbor, harbor.orders, "at_risk"))
    look(harbor)
    assert [letter.payload["to"] for letter in letters(harbor)] == [harbor.second.user.email]


def test_what_the_organization_keeps_in_the_console_is_not_mailed(harbor, found):
    wants_mail(harbor, harbor.supervisor, FIGURE, STUCK)
    with harbor.scope():
        AlertSettings.objects.create(never_mailed=[FIGURE])
    found += [of_queue(harbor, harbor.orders), Reading(STUCK, harbor.orders.pk, 3)]
    look(harbor)
    assert [letter.payload["subject"] for letter in letters(harbor)] == [
        "Orders: 3 conversations waiting past the limit"
    ]


def test_alerts_that_begin_together_are_one_letter(harbor, found):
    wants_mail(harbor, harbor.supervisor, FIGURE, STUCK)
    found += [of_queue(harbor, harbor.orders), of_queue(harbor, harbor.refunds), Reading(STUCK, harbor.orders.pk, 1)]
    look(harbor)
    (letter,) = letters(harbor)
    assert letter.payload["subject"] == "3 new alerts"
    assert letter.payload["text"].count("Critical at 50") == 2


def test_it_leaves_through_the_outbox(harbor, found):
    wants_mail(harbor, harbor.supervisor, FIGURE)
    found.append(of_queue(harbor, harbor.orders))
    look(harbor)
    with harbor.scope():
        (parcel,) = claims.claim(timezone.now())
    assert send(parcel).delivered
    (sent,) = mail.outbox
    assert sent.to == [harbor.supervisor.user.email]
    assert sent.subject == "Harbor: Queue backlog in Orders: Critical"
    assert "You chose to be told" in sent.body


def test_what_is_said_in_a_conversation_is_not_mailed(harbor):
    wants_mail(harbor, harbor.supervisor, "sentiment")
    with harbor.scope():
        row = make_conversation(queue=harbor.orders, subject="My secret", customer=make_customer("Kim"))
        store_sentiment({row.pk: 5}, now=timezone.now())
        alert = Alert.objects.get()
    (letter,) = letters(harbor)
    assert "My secret" not in str(letter.payload)
    assert alert.told == [harbor.supervisor.pk, harbor.second.pk]


# --- The choice ---


def choose(cast, member=None, **data):
    return cast.client(member).post(cast.url("notifications/alerts/by-mail/"), data, headers={"HX-Request": "true"})


def test_a_supervisor_chooses_for_themselves(harbor):
    assert choose(harbor, kind=[FIGURE, STUCK], from_level="at_risk").status_code == 200
    with harbor.scope():
        (choice,) = AlertChoice.objects.all()
    assert (choice.membership_id, choice.by_mail, choice.from_level) == (
        harbor.supervisor.pk,
        [FIGURE, STUCK],
        "at_risk",
    )
    page = harbor.client().get(harbor.url("notifications/alerts/by-mail/")).content.decode()
    assert f'value="{FIGURE}" checked' in page
    assert harbor.supervisor.user.email in page


def test_what_is_not_offered_is_refused_and_what_was_chosen_before_stays(harbor):
    wants_mail(harbor, harbor.supervisor, FIGURE)
    with harbor.scope():
        AlertSettings.objects.create(never_mailed=[FIGURE])
    assert f'value="{FIGURE}"' not in harbor.client().get(harbor.url("notifications/alerts/by-mail/")).content.decode()
    for data in ({"kind": [FIGURE], "from_level": "critical"}, {"kind": ["x"], "from_level": "critical"}, {"kind": []}):
        assert choose(harbor, **data).status_code == 422
    choose(harbor, kind=[STUCK], from_level="critical")
    with harbor.scope():
        assert AlertChoice.objects.get().by_mail == [FIGURE, STUCK]


def test_only_supervisors_choose(harbor, summit):
    assert choose(harbor, harbor.agent, kind=[]).status_code == 403
    assert summit.client().post(harbor.url("notifications/alerts/by-mail/")).status_code == 404


# --- The organization's settings ---


def test_an_administrator_turns_kinds_off_and_sets_limits(harbor):
    client = harbor.client(harbor.admin)
    page = client.get("/admin/conversations/alertsettings/?organization=harbor", follow=True)
    assert page.status_code == 200
    data = {
        "off": [STUCK, FIGURE],
        "never_mailed": [FIGURE],
        "offline_minutes": 5,
        "transfer_seconds": 90,
        "wrap_up_minutes": 15,
        "waiting_hours": 48,
    }
    answer = client.post(page.redirect_chain[-1][0], data)
    assert answer.status_code == 302, answer.content.decode()
    with harbor.scope():
        own = AlertSettings.objects.get()
    assert FIGURE not in own.off
    assert STUCK not in own.off
    assert "metric_longest_wait" in own.off
    assert FIGURE not in own.never_mailed
    assert STUCK in own.never_mailed
    assert (own.offline_minutes, own.waiting_hours) == (5, 48)
