"""What a person selected in the list: conversations one by one, or all that match a filter; at most 1,000."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from contact_center.errors import Invalid
from contact_center.tenancy.access import Actor
from contact_center.web.pagination import Count, count_rows
from conversations.filters import ConversationFilter
from conversations.models import Conversation
from conversations.visibility import visible_to

LIMIT = 1_000
_CHOSEN = re.compile(r"([1-9]\d{0,17}):(\d{1,9})\Z")


@dataclass(frozen=True)
class Selection:
    """Never more than LIMIT conversations, and never fewer than was asked for without saying so.

    `versions` holds what was seen of each conversation chosen one by one; it is empty for "all that match", whose
    versions are those at the moment they are read. `first` says that the person chose the first thousand of more.
    """

    actor: Actor
    versions: Mapping[int, int] = field(default_factory=dict)
    filter: ConversationFilter | None = None
    first: bool = False

    @classmethod
    def from_request(cls, data: QueryDict, actor: Actor) -> "Selection":
        """Read `id=5:3` for each conversation, or `all=1&query=…` and `first=1000`. Raises errors.Invalid."""
        if data.get("all") == "1":
            return cls(actor, filter=ConversationFilter.from_text(data.get("query", ""), actor), first="first" in data)
        versions: dict[int, int] = {}
        for typed in data.getlist("id"):
            if not (chosen := _CHOSEN.match(typed)):
                raise Invalid("The selection can’t be read. Reload the page and select again.")
            versions[int(chosen[1])] = int(chosen[2])
        if not versions:
            raise Invalid("Select one or more conversations first.", code="nothing_selected")
        if len(versions) > LIMIT:
            raise Invalid(f"{len(versions):,} are selected. Select at most {LIMIT:,} at once.", code="too_many")
        return cls(actor, versions)

    @property
    def is_too_large(self) -> bool:
        return self.filter is not None and not self.first and (not self.matching.exact or self.matching.number > LIMIT)

    def queryset(self, actor: Actor | None = None) -> QuerySet[Conversation]:
        """The selected conversations this person sees, in the list's order; of those chosen one by one, by id.

        Filters may be added to it. At most LIMIT rows, whatever was asked for.
        """
        actor = actor or self.actor
        if self.filter is None:
            return visible_to(actor).filter(pk__in=sorted(self.versions)).order_by("pk")
        keyset = self.filter.order.keyset(timezone.now())
        cut = keyset.sorted(self.filter.apply(visible_to(actor))).values("pk")[:LIMIT]
        return keyset.sorted(visible_to(actor).filter(pk__in=cut))

    @cached_property
    def matching(self) -> Count:
        """How many match the filter, or were chosen one by one. One query for a filter."""
        if self.filter is None:
            return Count(len(self.versions), exact=True)
        return count_rows(self.filter.rows())

    @property
    def count(self) -> int:
        """How many are selected, at most LIMIT of those that match; chosen ones count even when they are gone."""
        return min(self.matching.number, LIMIT) if self.filter is not None else len(self.versions)

    @property
    def single(self) -> bool:
        return self.filter is None and len(self.versions) == 1

    @property
    def description(self) -> str:
        """The selection in words, for a run's title."""
        if self.filter is None:
            return "1 conversation" if self.single else f"{self.count:,} conversations"
        which = f"the first {LIMIT:,}" if self.first and self.matching.number > LIMIT else f"all {self.count:,}"
        return f"{which} with {self.filter.description}" if self.filter.description else which
