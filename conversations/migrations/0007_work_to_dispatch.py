"""Push routing: organizations with something to offer or to move on, and customers who leave their chat page."""

from django.db import migrations, models

FORWARD = """
create function organizations_with_work_to_dispatch() returns setof bigint
language sql stable security definer set search_path = pg_catalog, public as $$
    select o.id from public.tenancy_organization o
    where o.is_active and (
        exists (
            select 1 from public.conversations_conversation c
            join public.routing_workstream w on w.id = c.work_stream_id
            where c.organization_id = o.id and c.status = 'open' and w.distribution = 'push' and c.decline_count < 100
              and (c.next_pass_at is null or c.next_pass_at <= now())
        ) or exists (
            select 1 from public.conversations_conversation c
            join public.routing_queue q on q.id = c.queue_id
            where c.organization_id = o.id and c.status = 'open' and (
                q.operating_hours_id is not null or q.closed_until > now()
                or exists (
                    select 1 from public.routing_overflowrule r where r.queue_id = q.id and r.condition = 'wait'
                )
            )
        )
    )
$$;

create or replace function organizations_with_due_conversations() returns setof bigint
language sql stable security definer set search_path = pg_catalog, public as $$
    select distinct organization_id from public.conversations_conversation where due_at <= now()
    union
    select distinct organization_id from public.conversations_offer where outcome = 'pending' and expires_at <= now()
    union
    select distinct organization_id from public.conversations_conversation
    where status in ('open', 'active') and customer_connected and customer_seen_at <= now() - interval '75 seconds'
    union
    select distinct c.organization_id from public.conversations_conversation c
    join public.routing_workstream w on w.id = c.work_stream_id
    where c.status in ('open', 'active') and c.mode = 'live_chat' and not c.customer_connected
      and c.customer_disconnected_at <= now() - w.reconnect_seconds * interval '1 second'
$$;
"""
BACKWARD = """
create or replace function organizations_with_due_conversations() returns setof bigint
language sql stable security definer set search_path = pg_catalog, public as $$
    select distinct organization_id from public.conversations_conversation where due_at <= now()
    union
    select distinct organization_id from public.conversations_offer where outcome = 'pending' and expires_at <= now()
$$;
drop function organizations_with_work_to_dispatch();
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0006_search_bounded"), ("routing", "0004_presence_held")]
    operations = [
        migrations.AddField("conversation", "customer_seen_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddIndex(
            "conversation",
            models.Index(
                fields=["organization", "customer_seen_at"],
                condition=models.Q(status__in=["open", "active"], customer_seen_at__isnull=False),
                name="conversation_seen",
            ),
        ),
        migrations.AddIndex(
            "conversation",
            models.Index(
                fields=["organization", "customer_disconnected_at"],
                condition=models.Q(status__in=["open", "active"], customer_disconnected_at__isnull=False),
                name="conversation_disconnected",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
