"""Case numbers and what a record regards are found by the search; a record's conversation is found by its record.

They are kept in the conversation's own search document, so that the search stays one look into one index. Case numbers
such as CAS-01201-X7Z1 are stored in their parts as well: the parser takes "-01201" for a negative number.
"""

from django.db import migrations, models

DOCUMENT = """
alter table conversations_conversation drop column search_document;
alter table conversations_conversation add column search_document tsvector generated always as (
    array_to_tsvector(array['#' || organization_id::text])
    || to_tsvector('simple'::regconfig, subject || ' ' || customer_name){more}
) stored;
create index conversation_search on conversations_conversation using gin (search_document);
"""
REFERENCE = """
    || to_tsvector('simple'::regconfig, record_reference)
    || to_tsvector('simple'::regconfig, regexp_replace(record_reference, '[^[:alnum:]]+', ' ', 'g'))
"""
FILL = """
update conversations_conversation c set record_reference = trim(r.case_number || ' ' || r.regarding)
from conversations_recorditem r where r.id = c.record_id and r.case_number || r.regarding <> ''
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0007_work_to_dispatch")]
    operations = [
        migrations.AddField("conversation", "record_reference", models.CharField(blank=True, max_length=300)),
        migrations.AddIndex(
            "conversation",
            models.Index(
                fields=["organization", "record"],
                condition=models.Q(record__isnull=False),
                name="conversation_by_record",
            ),
        ),
        migrations.RunSQL(DOCUMENT.format(more=REFERENCE), DOCUMENT.format(more="")),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
