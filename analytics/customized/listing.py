"""The list under a report: the conversations it is about, or those behind one of its figures, with every command."""

from collections.abc import Mapping

from django.db.models import Q, QuerySet
from django.utils import timezone

from analytics.customized import layout
from analytics.customized.layout import Layout
from analytics.customized.opening import Figure, rows_behind
from contact_center.tenancy.roles import Right
from conversations.filter_fields import CHANNELS
from conversations.filters import ConversationFilter
from conversations.listing import REPORT, Listing, register
from conversations.models import Conversation
from conversations.rules import Action
from routing.kinds import Channel


class _Layout:
    """conversations.listing.Layout for reports."""

    names: tuple[str, ...] = layout.NAMES

    def carried(self, values: Mapping[str, list[str]]) -> tuple[tuple[str, str], ...]:
        return layout.carried(values)

    def problems(self, shown: ConversationFilter) -> list[str]:
        return list(Layout.of(shown).problems)

    def figure_label(self, shown: ConversationFilter) -> str | None:
        figure = Figure.read(shown.figure)
        return figure.label(shown.choices.organization_time_zone) if figure else None

    def rows_behind(self, shown: ConversationFilter, rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
        figure = Figure.read(shown.figure)
        return rows_behind(figure, shown, rows, timezone.now()) if figure else rows.none()


CUSTOMIZED = Listing(
    name="customized",
    heading="Reports",
    url_name="analytics:customized",
    columns=REPORT.columns,
    offered_columns=REPORT.offered_columns,
    filters=(
        "queue",
        "channel",
        "work_stream",
        "representative",
        "status",
        "priority",
        "intent",
        "mode",
        "sentiment",
        "tag",
        "disposition",
        "force_close_reason",
    ),
    offers={"channel": lambda choices: {name: label for name, label in CHANNELS.items() if name != Channel.RECORD}},
    # As every figure: records have a list of their own.
    base=~Q(channel=Channel.RECORD),
    actions=frozenset(Action) - {Action.RELEASE, Action.REMOVE},
    empty_title="No conversation here now",
    empty_text="What comes to match the report appears here by itself.",
    show_all="All reports",
    right=Right.READ_REPORTS,
    keeping=Right.MAKE_REPORTS,
    noun="report",
    home_url_name="analytics:reports",
    layout=_Layout(),
)
register(CUSTOMIZED)
