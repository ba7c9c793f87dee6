"""The beat looks at what waits in a queue that a supervisor closed, diverted or sends elsewhere."""

from django.db import migrations

FUNCTION = """
create or replace function organizations_with_work_to_dispatch() returns setof bigint
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
                q.operating_hours_id is not null or q.closed_until > now(){more}
                or exists (
                    select 1 from public.routing_overflowrule r where r.queue_id = q.id and r.condition = 'wait'
                )
            )
        )
    )
$$;
"""
CONTROLLED = " or q.closed_at is not null or q.waiting_moves_to_id is not null"


class Migration(migrations.Migration):
    dependencies = [("conversations", "0022_negative_and_unanswered"), ("routing", "0008_closing_and_diverting")]
    operations = [migrations.RunSQL(FUNCTION.format(more=CONTROLLED), FUNCTION.format(more=""))]
