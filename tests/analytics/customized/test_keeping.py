"""Reports as they are made, saved, shared, copied and deleted."""

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.roles import Role
from conversations.models import SavedView
from conversations.saved_views import changing
from conversations.saved_views.changing import Share
from tests.analytics.customized.conftest import enable
from tests.analytics.customized.reading import HTMX, LAYOUT, cells, get, text


def test_a_report_is_chosen_shown_and_saved(reporting):
    html = text(reporting, "edit/")
    assert 'name="metric" value="incoming"' in html
    chosen = "edit/?metric=incoming&plot=incoming&by=queue&by=&by=&period=7d&sort=-created&show=1"
    answer = get(reporting, chosen)
    assert answer.status_code == 302
    assert answer.url == reporting.url("reports/report/?metric=incoming&by=queue&plot=incoming&period=7d")
    post = reporting.client().post(
        reporting.url("conversations/views/save/?list=customized&" + answer.url.partition("?")[2]),
        {"as": "new", "name": "Week"},
        headers=HTMX,
    )
    with reporting.scope():
        report = SavedView.objects.get(page="customized")
    assert post["HX-Redirect"] == reporting.url(f"reports/report/?view={report.pk}")
    assert report.query == "metric=incoming&by=queue&plot=incoming&period=7d"
    assert "Week" in text(reporting, "")


def test_the_maker_says_what_doesnt_go_together(reporting):
    assert "can’t be split by hour" in text(reporting, "check/?metric=backlog&by=hour")
    answer = get(reporting, "edit/?metric=backlog&by=hour&show=1")
    assert (answer.status_code, "can’t be split by hour" in answer.content.decode()) == (422, True)
    assert "Choose one or more figures" in get(reporting, "edit/?show=1").content.decode()
    assert text(reporting, "check/?metric=incoming&by=hour").count("<p") == 0


def test_every_report_stands_where_it_belongs(saved, floor):
    with floor.scope():
        everybodys = changing.save_new(floor.actor(floor.second), "customized", "For all", LAYOUT)
        changing.share(floor.actor(floor.second), everybodys.pk, [Share()])
        changing.save_new(floor.actor(floor.scoped), "customized", "Private", LAYOUT)
    groups = get(floor, "").context["groups"]
    assert {group["name"]: [each["name"] for each in group["reports"]] for group in groups[:2]} == {
        "My reports": ["Floor"],
        "The organization’s reports": ["For all"],
    }
    groups = get(floor, "", floor.second).context["groups"]
    assert [group["name"] for group in groups] == ["My reports", "Shared with me", "Ready-made"]
    assert "Private" not in text(floor, "", floor.second)


def test_view_rights_read_and_edit_rights_change(saved, floor):
    save = floor.url(f"conversations/views/save/?list=customized&view={saved.pk}&metric=closed")
    client = floor.client(floor.second)
    assert client.post(save, {"as": "changes"}, headers=HTMX).status_code == 422
    with floor.scope():
        changing.share(floor.actor(), saved.pk, [Share(floor.second.pk, may_edit=True)])
    assert client.post(save, {"as": "changes"}, headers=HTMX).status_code == 200
    with floor.scope():
        saved.refresh_from_db()
    assert saved.query == "metric=closed"
    for deed in ("share", "delete"):
        url = floor.url(f"conversations/views/{saved.pk}/{deed}/")
        assert client.post(url, {}, headers=HTMX).status_code == 403


def test_deleting_names_who_loses_the_report(saved, floor):
    url = floor.url(f"conversations/views/{saved.pk}/delete/")
    asked = floor.client().get(url, headers=HTMX).content.decode()
    assert str(floor.second) in asked
    assert "lose the report as well" in asked
    answer = floor.client().post(url, headers=HTMX)
    assert answer["HX-Redirect"] == floor.url("reports/")
    assert "isn’t shared with you any more" in text(floor, f"report/?view={saved.pk}", floor.second)


def test_a_report_is_shared_with_those_who_see_reports_alone(saved, floor):
    enable(floor, readers=("supervisor", "auditor"))
    asked = floor.client().get(floor.url(f"conversations/views/{saved.pk}/share/"), headers=HTMX).content.decode()
    assert "Every auditor" in asked
    assert "Every administrator" not in asked
    assert str(floor.admin) not in asked
    with floor.scope():
        changing.share(floor.actor(), saved.pk, [Share(role=Role.AUDITOR)])
    assert cells(text(floor, f"report/?view={saved.pk}", floor.auditor))


def test_without_the_right_to_make_reports_nothing_of_them_is_changed(saved, floor):
    enable(floor, makers=())
    client = floor.client()
    for deed in ("rename", "share", "delete"):
        url = floor.url(f"conversations/views/{saved.pk}/{deed}/")
        assert client.post(url, {"name": "Other"}, headers=HTMX).status_code == 403, deed
    for path in (f"save/?list=customized&{LAYOUT}", "copy/?list=customized"):
        data = {"as": "new", "name": "Other", "view": str(saved.pk)}
        assert client.post(floor.url(f"conversations/views/{path}"), data, headers=HTMX).status_code == 403, path
    html = text(floor, f"report/?view={saved.pk}")
    assert "Save report" not in html
    assert "Customize" not in html
    with floor.scope():
        assert SavedView.objects.count() == 1


def test_a_ready_made_one_is_copied_and_then_ones_own(reporting):
    url = reporting.url("conversations/views/copy/?list=customized")
    answer = reporting.client().post(url, {"view": "queues"}, headers=HTMX)
    with reporting.scope():
        copied = SavedView.objects.get(page="customized")
    assert answer["HX-Redirect"].endswith(f"view={copied.pk}")
    assert copied.name == "Queues at a glance (copy)"


def test_another_organizations_report_is_not_found(saved, floor, summit):
    enable(summit)
    assert f"There is no view “{saved.pk}” here" in text(summit, f"report/?view={saved.pk}")
    assert "Floor" not in text(summit, "")
    for deed in ("rename", "share", "delete"):
        url = summit.url(f"conversations/views/{saved.pk}/{deed}/")
        assert summit.client().post(url, {"name": "Taken"}, headers=HTMX).status_code == 404


def test_deeds_are_audited(saved, floor):
    floor.client().post(floor.url(f"conversations/views/{saved.pk}/delete/"), headers=HTMX)
    with floor.scope():
        found = AuditEvent.objects.filter(object_type="saved_view", object_id=saved.pk)
        actions = set(found.values_list("action", flat=True))
    assert actions == {AuditAction.VIEW_SAVED, AuditAction.VIEW_SHARED, AuditAction.VIEW_DELETED}
