"""Rows of the audit log can't be changed or deleted, by nobody's SQL but the owner's (who purges by retention)."""

from django.db import migrations

FORWARD = """
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
    if current_user = (select tableowner from pg_tables where schemaname = 'public' and tablename = 'audit_auditevent') then
        return coalesce(new, old);
    end if;
    raise exception 'the audit log is append-only';
end
$$;
create trigger audit_append_only before update or delete on audit_auditevent
for each row execute function refuse_audit_change();
"""
BACKWARD = """
drop trigger audit_append_only on audit_auditevent;
drop function refuse_audit_change();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
