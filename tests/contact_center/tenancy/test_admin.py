"""Django admin of an organization: who enters, what each page does, what is audited and published."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contact_center.administration.site import site
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.lookup import organization_of_api_key, organizations_of_user
from contact_center.tenancy.models import ApiKey, Membership, OrganizationSettings
from contact_center.tenancy.roles import Role
from contact_center.tenancy.scope import organization_scope
from contact_center.tenancy.toggles import APPROVABLE, MONITORING_NOTICE, MONITORING_NOTICE_VERSION, Toggle
from conversations.models import Conversation, SavedView, WebhookEndpoint
from conversations.rules import RULES
from conversations.states import Status
from routing.kinds import Channel, Kind
from routing.models import OperatingHours, Queue, QueueScope, Representative, Skill, WorkStream
from tests import factories

User = get_user_model()
ALL_PAGES = sorted(site._registry, key=lambda model: model._meta.label)
NO_ROWS = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}


def url(model, page="changelist", *ids):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=ids)


def no_rows(*prefixes):
    return {f"{prefix}-{name}": value for prefix in prefixes for name, value in NO_ROWS.items()}


def errors_of(response):
    """What the form says, by field; a saved form redirects and says nothing."""
    assert response.status_code == 200, response.status_code
    return {name: [str(each) for each in found] for name, found in response.context["adminform"].form.errors.items()}


def events(cast, action):
    with cast.scope():
        return list(AuditEvent.objects.filter(action=action).order_by("pk"))


# --- Who enters ---


@pytest.mark.parametrize("model", ALL_PAGES, ids=lambda model: model._meta.label)
def test_every_page_is_open_to_the_administrator(harbor, model):
    client = harbor.client(harbor.admin)
    assert client.get(url(model), follow=True).status_code == 200
    if site.get_model_admin(model).addable:
        assert client.get(url(model, "add")).status_code == 200


@pytest.mark.parametrize("model", ALL_PAGES, ids=lambda model: model._meta.label)
def test_every_page_is_closed_to_other_roles_with_the_reason(harbor, model):
    for member in (harbor.supervisor, harbor.auditor, harbor.agent):
        response = harbor.client(member).get(url(model))
        assert response.status_code == 403
        assert "Only administrators configure the organization." in response.content.decode()


def test_staff_and_superuser_flags_open_nothing(harbor):
    user = harbor.supervisor.user
    user.is_staff = user.is_superuser = True
    user.save()
    assert harbor.client().get("/admin/").status_code == 403


def test_a_superuser_without_a_membership_is_kept_out(harbor):
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com", "demo-password", name="Root"))
    response = client.get("/admin/")
    assert response.status_code == 403
    assert "You are not a member of this organization." in response.content.decode()


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/tenancy/membership/", "/admin/no/such/page/"])
def test_anonymous_visitors_are_sent_to_the_sign_in_page(db, path):
    response = Client().get(path)
    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/?next=/admin/")


def test_libraries_have_no_page_here(harbor):
    apps = {model._meta.app_label for model in site._registry}
    assert apps == {"tenancy", "routing", "conversations"}
    assert harbor.client(harbor.admin).get("/admin/account/emailaddress/").status_code == 404


def test_every_page_stands_in_one_section(harbor):
    request = type("Request", (), {"actor": harbor.actor(harbor.admin), "organization": harbor.organization})()
    listed = [page["model"] for section in site.get_app_list(request) for page in section["models"]]
    assert sorted(listed, key=lambda model: model._meta.label) == ALL_PAGES
    assert "More" not in [section["name"] for section in site.get_app_list(request)]


def test_runs_and_the_audit_log_have_no_page(harbor):
    names = {model._meta.model_name for model in site._registry}
    assert names.isdisjoint({"bulkaction", "bulkactionitem", "auditevent", "message", "notification", "outboxentry"})


# --- The organization itself ---


def test_the_name_changes_and_the_address_does_not(harbor):
    client = harbor.client(harbor.admin)
    response = client.post(
        url(type(harbor.organization), "change", harbor.organization.pk), {"name": "Harbor Retail", "slug": "other"}
    )
    assert response.status_code == 302
    harbor.organization.refresh_from_db()
    assert (harbor.organization.name, harbor.organization.slug) == ("Harbor Retail", "harbor")
    (event,) = events(harbor, AuditAction.CONFIGURATION_CHANGED)
    assert (event.object_type, event.after) == ("organization", {"fields": ["name"]})


def test_another_organizations_row_is_not_found(harbor, summit):
    client = harbor.client(harbor.admin)
    response = client.post(
        url(type(harbor.organization), "change", summit.organization.pk), {"name": "Taken over"}, follow=True
    )
    summit.organization.refresh_from_db()
    assert summit.organization.name == "Summit"
    assert "Summit" not in response.content.decode()


def settings_form(cast, *toggles, **more):
    with cast.scope():
        row = OrganizationSettings.objects.get()
    return row, {"time_zone": "UTC", **{toggle.value: "on" for toggle in toggles}, **more}


def test_each_toggle_that_changes_is_audited_with_before_and_after(harbor):
    row, form = settings_form(harbor, Toggle.MONITOR, Toggle.ASSIGN)
    response = harbor.client(harbor.admin).post(url(OrganizationSettings, "change", row.pk), form)
    assert response.status_code == 302
    with harbor.scope():
        row.refresh_from_db()
    assert row.toggles == [Toggle.MONITOR, Toggle.ASSIGN]
    changes = [(event.before, event.after) for event in events(harbor, AuditAction.TOGGLE_CHANGED)]
    assert changes == [
        ({"toggle": name, "on": True}, {"toggle": name, "on": False}) for name in ("force_close", "supervisor_transfer")
    ]
    assert {event.membership_id for event in events(harbor, AuditAction.TOGGLE_CHANGED)} == {harbor.admin.pk}


def test_supervisor_monitor_needs_the_notice_confirmed(harbor):
    row, off = settings_form(harbor)
    _, on = settings_form(harbor, Toggle.MONITOR)
    client, page = harbor.client(harbor.admin), url(OrganizationSettings, "change", row.pk)
    client.post(page, off)
    assert MONITORING_NOTICE in client.get(page).content.decode()

    assert list(errors_of(client.post(page, on))) == ["confirmed"]
    with harbor.scope():
        row.refresh_from_db()
    assert row.toggles == []

    assert client.post(page, {**on, "confirmed": "on"}).status_code == 302
    with harbor.scope():
        row.refresh_from_db()
    assert row.toggles == [Toggle.MONITOR]
    assert row.monitoring_confirmed_by_id == harbor.admin.user_id
    assert row.monitoring_notice_version == MONITORING_NOTICE_VERSION
    assert (timezone.now() - row.monitoring_confirmed_at).total_seconds() < 60
    (event,) = events(harbor, AuditAction.MONITORING_CONFIRMED)
    assert event.after == {"version": MONITORING_NOTICE_VERSION}
    assert "By Admin on" in client.get(page).content.decode()


def test_a_changed_toggle_is_told_to_open_pages_once_committed(harbor, published, django_capture_on_commit_callbacks):
    row, form = settings_form(harbor, Toggle.MONITOR)
    with django_capture_on_commit_callbacks(execute=True):
        harbor.client(harbor.admin).post(url(OrganizationSettings, "change", row.pk), form)
    assert (harbor.organization.pk, "rights", None) in published


def test_a_refused_form_writes_and_publishes_nothing(harbor, published, django_capture_on_commit_callbacks):
    row, form = settings_form(harbor, time_zone="Nowhere/Land")
    with django_capture_on_commit_callbacks(execute=True):
        assert list(errors_of(harbor.client(harbor.admin).post(url(OrganizationSettings, "change", row.pk), form))) == [
            "time_zone"
        ]
    assert published == []
    with harbor.scope():
        assert not AuditEvent.objects.exists()


# --- Members ---

SCOPES = "queue_scopes"


def member_form(**more):
    return {"roles": ["supervisor"], "is_active": "on", "all_queues": "on", "name": "Nora", **no_rows(SCOPES), **more}


def add_member(cast, **fields):
    return cast.client(cast.admin).post(url(Membership, "add"), member_form(**fields))


def test_a_new_person_gets_an_account_without_password_and_a_mail(harbor, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert add_member(harbor, email="Nora@Harbor.example", name="Nora Berg").status_code == 302
    user = User.objects.get(email="nora@harbor.example")
    assert (user.name, user.has_usable_password(), user.is_staff) == ("Nora Berg", False, False)
    assert organizations_of_user(user.pk) == [harbor.organization]
    (invitation,) = mail.outbox
    assert invitation.to == ["nora@harbor.example"]
    link = next(word for word in invitation.body.split() if "/accounts/password/reset/key/" in word)
    assert Client().get(link, follow=True).status_code == 200
    (event,) = events(harbor, AuditAction.MEMBERSHIP_CHANGED)
    assert event.after["roles"] == ["supervisor"]
    assert "Nora" not in str(event.after) + str(event.before)


def test_the_link_in_the_mail_leads_to_a_password_that_works(harbor, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        add_member(harbor, email="nora@harbor.example")
    link = next(word for word in mail.outbox[0].body.split() if "/accounts/password/reset/key/" in word)
    visitor = Client()
    form = visitor.get(link, follow=True)
    password = {"password1": "a-long-enough-secret", "password2": "a-long-enough-secret"}
    visitor.post(form.request["PATH_INFO"], password)
    assert Client().login(email="nora@harbor.example", password="a-long-enough-secret")


def test_somebody_of_another_organization_is_attached_and_stays_unchanged_and_unseen(
    harbor, summit, django_capture_on_commit_callbacks
):
    stranger = summit.supervisor.user
    stranger.name = "Real Name Of Stranger"
    stranger.save()
    before = User.objects.filter(pk=stranger.pk).values().get()
    with django_capture_on_commit_callbacks(execute=True):
        response = add_member(harbor, email=stranger.email, name="Typed here")
    assert response.status_code == 302
    assert User.objects.filter(pk=stranger.pk).values().get() == before
    listed = harbor.client(harbor.admin).get(url(Membership)).content.decode()
    assert "Typed here" in listed
    assert "Real Name Of Stranger" not in listed
    assert "password/reset/key" not in mail.outbox[0].body
    assert harbor.actor(membership_of(harbor, stranger)).name == "Typed here"
    assert summit.actor(summit.supervisor).name == "Real Name Of Stranger"


def membership_of(cast, user):
    with cast.scope():
        return Membership.objects.get(user=user)


def test_the_answer_is_the_same_for_a_known_and_an_unknown_address(harbor, summit):
    client = harbor.client(harbor.admin)
    seen = []
    for email in ("nobody-yet@example.com", summit.supervisor.user.email):
        page = client.post(url(Membership, "add"), member_form(email=email), follow=True)
        told = [str(message) for message in page.context["messages"]]
        seen.append([re.sub(r"/\d+/", "/…/", text.replace(email, "…")) for text in told])
    assert len(seen[0]) == 2
    assert seen[0] == seen[1]


def test_a_member_cannot_be_added_twice(harbor):
    assert "email" in errors_of(add_member(harbor, email="SUPERVISOR@harbor.example"))


def test_a_member_needs_a_role(harbor):
    assert "roles" in errors_of(add_member(harbor, email="nora@harbor.example", roles=[]))


def test_roles_change_at_once_and_the_audit_names_before_and_after(
    harbor, published, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = harbor.client(harbor.admin).post(
            url(Membership, "change", harbor.second.pk), member_form(roles=["auditor"], may_notify="on")
        )
    assert response.status_code == 302
    assert harbor.actor(harbor.second).roles == {Role.AUDITOR}
    (event,) = events(harbor, AuditAction.MEMBERSHIP_CHANGED)
    assert (event.object_id, event.before, event.after) == (
        harbor.second.pk,
        {"roles": ["supervisor"]},
        {"roles": ["auditor"], "fields": ["name", "roles"]},
    )
    assert (harbor.organization.pk, "rights", (harbor.second.pk,)) in published


def test_a_deactivated_member_is_out_at_the_next_click(harbor):
    signed_in = harbor.client(harbor.second)
    assert signed_in.get(harbor.url("conversations/")).status_code == 200
    form = member_form()
    del form["is_active"]
    harbor.client(harbor.admin).post(url(Membership, "change", harbor.second.pk), form)
    assert signed_in.get(harbor.url("conversations/")).status_code == 404


def test_the_last_administrator_stays(harbor):
    client, page = harbor.client(harbor.admin), url(Membership, "change", harbor.admin.pk)
    assert "roles" in errors_of(client.post(page, member_form(roles=["supervisor"])))
    with harbor.scope():
        factories.make_member("admin2@harbor.example", Role.ADMINISTRATOR)
    assert client.post(page, member_form(roles=["supervisor"])).status_code == 302


def test_queues_of_a_scoped_supervisor_are_set_with_the_member(harbor, published, django_capture_on_commit_callbacks):
    form = member_form(**{f"{SCOPES}-TOTAL_FORMS": 1, f"{SCOPES}-0-queue": harbor.orders.pk})
    del form["all_queues"]
    with django_capture_on_commit_callbacks(execute=True):
        response = harbor.client(harbor.admin).post(url(Membership, "change", harbor.second.pk), form)
    assert response.status_code == 302
    assert harbor.actor(harbor.second).queue_ids == {harbor.orders.pk}
    (event,) = events(harbor, AuditAction.MEMBERSHIP_CHANGED)
    (added,) = event.after["queuescope"]["added"]
    assert (added["membership"], added["queue"]) == (harbor.second.pk, harbor.orders.pk)
    assert (harbor.organization.pk, "rights", (harbor.second.pk,)) in published


def test_a_queue_of_another_organization_is_no_choice(harbor, summit):
    form = member_form(**{f"{SCOPES}-TOTAL_FORMS": 1, f"{SCOPES}-0-queue": summit.orders.pk})
    response = harbor.client(harbor.admin).post(url(Membership, "change", harbor.second.pk), form)
    assert response.status_code == 200
    assert response.context["inline_admin_formsets"][0].formset.errors == [
        {"queue": ["Select a valid choice. That choice is not one of the available choices."]}
    ]
    with harbor.scope():
        assert not QueueScope.objects.filter(membership=harbor.second).exists()


def test_members_are_never_deleted(harbor):
    assert harbor.client(harbor.admin).post(url(Membership, "delete", harbor.second.pk)).status_code == 403


# --- API keys ---


def test_a_key_is_shown_once_and_works(harbor):
    client = harbor.client(harbor.admin)
    response = client.post(url(ApiKey, "add"), {"name": "Shop", "scopes": ["intake"], "per_minute": 100})
    key = response.context["issued_key"]
    assert response.headers["Cache-Control"].split(", ")[:2] == ["max-age=0", "no-cache"]
    assert key in response.content.decode()
    assert organization_of_api_key(key) == harbor.organization.pk
    with harbor.scope():
        row = ApiKey.objects.get(name="Shop")
    for page in (url(ApiKey), url(ApiKey, "change", row.pk)):
        body = client.get(page).content.decode()
        assert key not in body
        assert row.key_hash not in body
    (event,) = events(harbor, AuditAction.API_KEY_CHANGED)
    assert (event.object_id, event.after["scopes"]) == (row.pk, ["intake"])
    assert row.key_hash not in str(event.after)


def test_a_revoked_key_is_refused_and_cannot_be_put_back(harbor):
    with harbor.scope():
        row, key = ApiKey.issue("Shop")
    client, page = harbor.client(harbor.admin), url(ApiKey, "change", row.pk)
    client.post(page, {"name": "Shop", "scopes": ["intake"], "per_minute": 100, "revoke": "on"})
    assert organization_of_api_key(key) is None
    client.post(page, {"name": "Other", "revoked_at_0": "", "revoked_at_1": ""})
    assert organization_of_api_key(key) is None
    assert events(harbor, AuditAction.API_KEY_CHANGED)[-1].object_id == row.pk


# --- Routing ---


def queue_form(**more):
    return {
        "name": "Orders",
        "kind": "messaging",
        "service_level_seconds": 20,
        **no_rows("members", "overflow_rules"),
        **more,
    }


def test_a_queue_with_ongoing_work_cannot_be_deactivated(harbor):
    with harbor.scope():
        stream_queue = factories.make_queue("Elsewhere")
        factories.make_work_stream(Channel.LIVE_CHAT, queue=stream_queue)
        conversation = factories.make_conversation(queue=harbor.orders)
    client, page = harbor.client(harbor.admin), url(Queue, "change", harbor.orders.pk)
    assert errors_of(client.post(page, queue_form())) == {
        "is_active": ["The queue holds 1 ongoing conversation; move or close it first."]
    }
    with harbor.scope():
        Conversation.objects.filter(pk=conversation.pk).update(status=Status.CLOSED, closed_at=timezone.now())
    assert client.post(page, queue_form()).status_code == 302
    with harbor.scope():
        assert Queue.objects.get(pk=harbor.orders.pk).is_active is False


def test_the_default_queue_of_a_work_stream_stays_active(harbor):
    with harbor.scope():
        factories.make_work_stream(Channel.LIVE_CHAT, queue=harbor.orders)
    response = harbor.client(harbor.admin).post(url(Queue, "change", harbor.orders.pk), queue_form())
    assert errors_of(response) == {
        "is_active": ["New work arrives here: it is the default queue of Live chat."],
    }


def test_a_queue_is_never_deleted_and_its_type_never_changes(harbor):
    client, page = harbor.client(harbor.admin), url(Queue, "change", harbor.orders.pk)
    assert client.post(url(Queue, "delete", harbor.orders.pk)).status_code == 403
    client.post(page, queue_form(is_active="on", kind="voice", name="Orders and returns"))
    with harbor.scope():
        row = Queue.objects.get(pk=harbor.orders.pk)
    assert (row.kind, row.name) == (Kind.MESSAGING, "Orders and returns")


def test_a_name_that_is_taken_is_said_beside_the_field(harbor):
    response = harbor.client(harbor.admin).post(url(Queue, "add"), queue_form(name="Refunds", is_active="on"))
    assert errors_of(response) == {"name": ["There is already one with this value in your organization."]}


def test_the_same_name_in_another_organization_is_free(harbor, summit):
    with summit.scope():
        factories.make_queue("Only there")
    response = harbor.client(harbor.admin).post(url(Queue, "add"), queue_form(name="Only there", is_active="on"))
    assert response.status_code == 302


def overflow(**fields):
    row = {"condition": "wait", "limit": 60, "action": "transfer", **fields}
    return {"overflow_rules-TOTAL_FORMS": 1, **{f"overflow_rules-0-{name}": value for name, value in row.items()}}


def test_overflow_moves_work_to_another_queue_of_the_same_type(harbor):
    with harbor.scope():
        voice = factories.make_queue("Calls", kind=Kind.VOICE)
    client, page = harbor.client(harbor.admin), url(Queue, "change", harbor.orders.pk)
    for target in (voice.pk, harbor.orders.pk, ""):
        response = client.post(page, queue_form(is_active="on", **overflow(target_queue=target)))
        assert "target_queue" in response.context["inline_admin_formsets"][1].formset.errors[0]
    saved = client.post(page, queue_form(is_active="on", **overflow(target_queue=harbor.refunds.pk)))
    assert saved.status_code == 302
    with harbor.scope():
        assert harbor.orders.overflow_rules.get().target_queue == harbor.refunds
    refused = client.post(url(Queue, "change", harbor.refunds.pk), queue_form(name="Refunds"))
    assert errors_of(refused) == {"is_active": ["Work is moved here from Orders."]}


def test_hours_are_written_as_people_write_them(harbor):
    client = harbor.client(harbor.admin)
    form = {
        "name": "Shop",
        "time_zone": "Europe/Madrid",
        "monday": "09:00-13:00, 15:00 – 20:00",
        "friday": "22:00-02:00",
    }
    assert client.post(url(OperatingHours, "add"), form).status_code == 302
    with harbor.scope():
        row = OperatingHours.objects.get()
    assert row.weekly == {"0": [["09:00", "13:00"], ["15:00", "20:00"]], "4": [["22:00", "02:00"]]}
    page = client.get(url(OperatingHours, "change", row.pk)).content.decode()
    assert "09:00-13:00, 15:00-20:00" in page


@pytest.mark.parametrize("text", ["9-5", "25:00-26:00", "09:00", "09:00-17:60", "always", "09:00-17:00;18:00-19:00"])
def test_hours_that_cannot_be_read_are_said_beside_the_day(harbor, text):
    response = harbor.client(harbor.admin).post(
        url(OperatingHours, "add"), {"name": "Shop", "time_zone": "UTC", "monday": text}
    )
    assert list(errors_of(response)) == ["monday"]


def stream_form(queue, **more):
    return {
        "name": "Help chat",
        "slug": "help",
        "channel": "live_chat",
        "distribution": "push",
        "is_active": "on",
        "default_queue": queue.pk,
        "allowed_presences": ["available"],
        "units_per_conversation": 30,
        "offer_seconds": 120,
        "wrap_up_rule": "always",
        "wrap_up_hold_seconds": 60,
        "reconnect_seconds": 180,
        **more,
    }


def test_kind_and_mode_of_a_work_stream_follow_from_its_channel(harbor):
    assert harbor.client(harbor.admin).post(url(WorkStream, "add"), stream_form(harbor.orders)).status_code == 302
    with harbor.scope():
        row = WorkStream.objects.get(slug="help")
    assert (row.kind, row.mode, bool(row.chat_key)) == ("messaging", "live_chat", True)


def test_channel_and_distribution_of_a_work_stream_stay(harbor):
    client = harbor.client(harbor.admin)
    client.post(url(WorkStream, "add"), stream_form(harbor.orders))
    with harbor.scope():
        row = WorkStream.objects.get(slug="help")
    changed = stream_form(harbor.orders, channel="sms", distribution="pick", slug="other", name="Chat")
    assert client.post(url(WorkStream, "change", row.pk), changed).status_code == 302
    with harbor.scope():
        row = WorkStream.objects.get(pk=row.pk)
    assert (row.name, row.slug, row.channel, row.distribution, row.mode) == (
        "Chat",
        "help",
        "live_chat",
        "push",
        "live_chat",
    )


def test_a_work_stream_refuses_a_queue_of_another_type_and_picked_voice(harbor):
    client = harbor.client(harbor.admin)
    response = client.post(url(WorkStream, "add"), stream_form(harbor.orders, channel="voice", distribution="pick"))
    assert errors_of(response).keys() >= {"default_queue", "distribution"}


@pytest.mark.parametrize("model", [WorkStream, Representative])
def test_choices_name_nothing_of_another_organization(harbor, summit, model):
    with summit.scope():
        queue = factories.make_queue("Secret plans")
        factories.make_representative("Secret person", queues=[queue])
        factories.make_member("secret@summit.example", Role.SUPERVISOR, name="Secret member")
        Skill.objects.create(name="Secret skill")
    client = harbor.client(harbor.admin)
    body = client.get(url(model, "add")).content.decode() + client.get(url(Queue, "add")).content.decode()
    assert "Orders" in body
    assert "Secret" not in body


def test_a_skill_in_use_is_not_deleted(harbor):
    with harbor.scope():
        skill = Skill.objects.create(name="French")
        held = harbor.ana.skills.create(skill=skill)
    client = harbor.client(harbor.admin)
    assert "1 representative skill" in client.post(url(Skill, "delete", skill.pk), {"post": "yes"}).content.decode()
    with harbor.scope():
        assert Skill.objects.filter(pk=skill.pk).exists()
        held.delete()
    assert client.post(url(Skill, "delete", skill.pk), {"post": "yes"}).status_code == 302
    with harbor.scope():
        assert not Skill.objects.filter(pk=skill.pk).exists()
    assert [(event.object_type, event.object_id) for event in events(harbor, AuditAction.DELETED)] == [
        ("skill", skill.pk)
    ]


def test_the_history_of_a_row_comes_from_the_audit_log(harbor):
    client = harbor.client(harbor.admin)
    client.post(url(Queue, "change", harbor.orders.pk), queue_form(name="Orders 2", is_active="on"))
    body = client.get(url(Queue, "history", harbor.orders.pk)).content.decode()
    assert "Configuration changed: name" in body
    assert "Admin" in body


# --- Conversations ---


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/hook",
        "http://localhost:8000/",
        "http://10.1.2.3/",
        "http://192.168.0.1/",
        "http://172.16.0.9/",
        "http://169.254.169.254/latest/",
        "http://[::1]/",
        "http://[fe80::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0.0.0.0/",
        "http://user@127.0.0.1/",
        "http://printer.local/",
        "ftp://93.184.216.34/",
    ],
)
def test_webhooks_never_point_into_a_private_network(harbor, target):
    response = harbor.client(harbor.admin).post(url(WebhookEndpoint, "add"), {"url": target, "is_active": "on"})
    assert list(errors_of(response)) == ["url"]


def test_a_webhook_to_a_public_address_gets_a_secret(harbor):
    response = harbor.client(harbor.admin).post(
        url(WebhookEndpoint, "add"), {"url": "https://93.184.216.34/hook", "is_active": "on"}
    )
    assert response.status_code == 302
    with harbor.scope():
        row = WebhookEndpoint.objects.get()
    assert len(row.secret) == 64
    (event,) = events(harbor, AuditAction.CONFIGURATION_CHANGED)
    assert "93.184" not in str(event.after)
    assert row.secret not in str(event.after)


@pytest.fixture
def closed(harbor):
    with harbor.scope():
        row = factories.make_conversation(status=Status.CLOSED, subject="Private subject", channel=Channel.SMS)
        row.supervisor_note = "Private note"
        row.save()
        factories.make_message(row, "Private words")
        factories.make_conversation(status=Status.OPEN, subject="Private open")
    return row


def test_closed_conversations_show_ids_and_states_and_no_word_of_theirs(harbor, closed):
    client = harbor.client(harbor.admin)
    pages = [
        url(Conversation),
        f"{url(Conversation)}?q=C-{closed.pk}",
        f"{url(Conversation)}?q=private",
        url(Conversation, "change", closed.pk),
        url(Conversation, "delete", closed.pk),
        url(Conversation, "history", closed.pk),
    ]
    for page in pages:
        body = client.get(page).content.decode()
        assert "Private" not in body, page
        assert closed.customer_name not in body, page
    assert f"C-{closed.pk}" in client.get(pages[1]).content.decode()


def test_a_closed_conversation_is_deleted_and_that_is_audited(harbor, closed):
    response = harbor.client(harbor.admin).post(url(Conversation, "delete", closed.pk), {"post": "yes"})
    assert response.status_code == 302
    with harbor.scope():
        assert not Conversation.objects.filter(pk=closed.pk).exists()
    (event,) = events(harbor, AuditAction.DELETED)
    assert (event.object_type, event.object_id, event.before["status"]) == ("conversation", closed.pk, "closed")
    assert "Private" not in str(event.before)


def test_an_ongoing_conversation_cannot_be_reached(harbor, closed):
    with harbor.scope():
        row = Conversation.objects.exclude(pk=closed.pk).get()
    harbor.client(harbor.admin).post(url(Conversation, "delete", row.pk), {"post": "yes"})
    with harbor.scope():
        assert Conversation.objects.filter(pk=row.pk).exists()


def test_a_saved_view_is_deleted_with_its_shares(harbor):
    with harbor.scope():
        view = SavedView.objects.create(owner=harbor.supervisor, name="Mine")
        view.shares.create(membership=harbor.second)
    assert harbor.client(harbor.admin).post(url(SavedView, "delete", view.pk), {"post": "yes"}).status_code == 302
    with harbor.scope():
        assert not SavedView.objects.exists()
    (event,) = events(harbor, AuditAction.DELETED)
    assert "Mine" not in str(event.before)


# --- The switcher ---


@pytest.fixture
def both(harbor, summit):
    """An administrator of both organizations."""
    user = factories.make_user("both@example.com", "Both")
    for cast in (harbor, summit):
        with cast.scope():
            Membership.objects.create(user=user, roles=[Role.ADMINISTRATOR])
    client = Client()
    client.force_login(user)
    return client


def test_the_switcher_lists_ones_own_organizations_and_nobody_elses(both, harbor, summit):
    factories.make_organization("glacier")
    for page in ("/admin/", url(Queue), url(Membership, "add")):
        shown = re.search(r'id="switch-organization".*?</select>', both.get(page).content.decode(), re.S)[0]
        assert re.findall(r'<option value="(\w+)"( selected)?>', shown) == [("harbor", " selected"), ("summit", "")]
    assert "switch-organization" not in harbor.client(harbor.admin).get("/admin/").content.decode()


def switch(client, slug):
    return client.post("/switch-organization/", {"organization": slug})


def test_the_admin_works_in_the_organization_chosen_in_the_switcher(both, harbor, summit):
    with summit.scope():
        factories.make_queue("Only in summit")
    assert switch(both, "summit").url == "/admin/"
    assert "Only in summit" in both.get(url(Queue)).content.decode()
    switch(both, "harbor")
    assert "Only in summit" not in both.get(url(Queue)).content.decode()


def test_search_keeps_nothing_of_the_organization_left_behind(both, summit):
    with summit.scope():
        factories.make_queue("Glacier")
    switch(both, "summit")
    both.get("/admin/search/?s=glacier&extended=1")
    switch(both, "harbor")
    assert "Glacier" not in both.get("/admin/search/?s=glacier&extended=1").content.decode()


def test_a_form_opened_in_one_organization_is_not_saved_into_another(both, summit):
    switch(both, "harbor")
    page = both.get(url(Queue, "add"))
    assert "?organization=harbor" in page.content.decode()
    switch(both, "summit")
    response = both.post(f"{url(Queue, 'add')}?organization=harbor", queue_form(name="Astray", is_active="on"))
    assert response.status_code == 409
    with summit.scope():
        assert not Queue.objects.filter(name="Astray").exists()


def test_nobody_switches_into_an_organization_of_others(harbor, summit):
    client = harbor.client(harbor.admin)
    assert switch(client, "summit").status_code == 404
    assert switch(client, "nowhere").status_code == 404
    assert client.get("/switch-organization/").status_code == 405
    assert "Harbor" in client.get("/admin/").content.decode()


def test_switching_leads_those_who_do_not_configure_to_the_console(harbor):
    assert switch(harbor.client(), "harbor").url == "/o/harbor/"


def test_the_organization_in_the_session_is_forgotten_when_the_membership_ends(both, harbor, summit):
    switch(both, "summit")
    with organization_scope(summit.organization.pk):
        Membership.objects.filter(user__email="both@example.com").update(is_active=False)
    assert "Summit" not in both.get("/admin/").content.decode()


def test_administrators_choose_when_a_second_supervisor_is_asked(harbor):
    row, form = settings_form(harbor, *Toggle, approval_actions=["force_close"], approval_above="200")
    assert harbor.client(harbor.admin).post(url(OrganizationSettings, "change", row.pk), form).status_code == 302
    with harbor.scope():
        row.refresh_from_db()
    assert (row.approval_actions, row.approval_above) == (["force_close"], 200)
    assert "approval_above" in events(harbor, AuditAction.CONFIGURATION_CHANGED)[-1].after["fields"]


def test_an_action_that_needs_no_approval_is_no_choice(harbor):
    row, form = settings_form(harbor, *Toggle, approval_actions=["delete_everything"])
    response = harbor.client(harbor.admin).post(url(OrganizationSettings, "change", row.pk), form)
    assert "approval_actions" in errors_of(response)
    with harbor.scope():
        row.refresh_from_db()
    assert row.approval_actions == []


def test_what_may_need_an_approval_are_runs_of_many():
    assert set(APPROVABLE) == {rule.action.value for rule in RULES.values() if rule.bulk}
