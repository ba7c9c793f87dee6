"""What the pages of routing offer to choose, and a skill that somebody has."""

import pytest

from contact_center.audit.actions import AuditAction
from contact_center.tenancy.roles import Role
from routing.models import Queue, Representative, Skill, WorkStream
from tests import factories
from tests.admin_pages import events, url


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
