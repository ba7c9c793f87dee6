"""The search functions are planned anew for each search.

After five calls in one connection PostgreSQL keeps one plan for all words, as if each were frequent, and stops using the
index: measured, a word without a match took 40 ms instead of 1 ms from then on.
"""

from django.db import migrations

FUNCTIONS = ("search_conversations(text, boolean, integer)", "search_messages(text, boolean, integer, integer)")
FORWARD = "\n".join(f"alter function {each} set plan_cache_mode = force_custom_plan;" for each in FUNCTIONS)
BACKWARD = "\n".join(f"alter function {each} reset plan_cache_mode;" for each in FUNCTIONS)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0019_figures_and_names")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
