"""The frozen selection: which conversations, at which version, and what the rule table said when it was previewed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, Count, Exists, F, OuterRef, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber

from bulk_actions.kinds import kind_of
from bulk_actions.limits import MAXIMUM, SAMPLES
from bulk_actions.models import BulkAction, BulkActionItem
from bulk_actions.states import Outcome
from bulk_actions.subjects import CONVERSATIONS, Line, Subject
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import Right
from contact_center.tenancy.scope import current_organization_id
from conversations.models import Conversation
from conversations.rules import Action, refusal_code, sentence_of
from conversations.selection import Selection
from conversations.visibility import visible_to

TITLE_LENGTH = BulkAction._meta.get_field("title").max_length

_FREEZE = """
insert into {table} (organization_id, bulk_action_id, target_id, version, preview_code,
                     outcome, code, sentence, before, after)
select %s, %s, chosen.id, chosen.version, chosen.preview_code, 'pending', '', '', '{{}}', '{{}}' from ({chosen}) chosen
"""


@dataclass(frozen=True, slots=True)
class Group:
    """Targets that won't be done for one reason, some of them by name."""

    code: str
    count: int
    sentence: str
    samples: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen, read from the frozen items. `total` counts the missing ones too."""

    total: int
    eligible: int
    groups: Sequence[Group]

    @property
    def refused(self) -> int:
        return self.total - self.eligible


def freeze(action: Action, selection: Selection, *, actor: Actor) -> BulkAction:
    """Store the selection as a previewed run. What is absent or not in the person's queues is just counted."""
    # A filter matches what it matches; of conversations chosen one by one, some may be gone.
    asked = len(selection.versions) if selection.filter is None else None
    chosen = selection.queryset(actor)
    return _freeze(action, chosen, CONVERSATIONS, actor=actor, asked=asked, single=selection.count == 1)


def freeze_targets(action: str, ids: Collection[int], *, actor: Actor) -> BulkAction:
    """The same for representatives and queues, by their ids."""
    subject = kind_of(action).subject
    chosen = subject.visible(actor).filter(pk__in=ids).order_by("pk")
    return _freeze(action, chosen, subject, actor=actor, asked=len(ids), single=len(ids) == 1)


def freeze_again(run: BulkAction, *, actor: Actor, action: str | None = None) -> BulkAction:
    """The same targets as they are now, for a dialog whose Proceed came too late or that shows a sister."""
    ids = list(run.items.values_list("target_id", flat=True))
    asked, action = len(ids) + run.missing, action or run.action
    subject = kind_of(action).subject
    chosen = subject.visible(actor).filter(pk__in=ids).order_by("pk")
    return _freeze(action, chosen, subject, actor=actor, asked=asked, single=run.single, retry_of_id=run.retry_of_id)


def freeze_failed(run: BulkAction, *, actor: Actor) -> BulkAction:
    """What failed in a run, as it is now: a run of its own that refers to the first."""
    ids = list(run.items.filter(outcome=Outcome.FAILED).values_list("target_id", flat=True))
    subject = kind_of(run.action).subject
    chosen = subject.visible(actor).filter(pk__in=ids).order_by("pk")
    return _freeze(run.action, chosen, subject, actor=actor, asked=len(ids), single=run.single, retry_of_id=run.pk)


def become(run: BulkAction, action: Action, *, actor: Actor) -> None:
    """Make a previewed run one of a sister action; every item is judged anew, at the version it was selected at.

    What has changed since is left to its turn, which says what it is now.
    """
    judged = visible_to(actor).filter(pk=OuterRef("target_id")).order_by()
    unchanged = judged.filter(version=OuterRef("version"))
    code = unchanged.annotate(code=refusal_code(action, actor, bulk=not run.single)).values("code")
    changed = Case(When(Exists(judged), then=F("preview_code")), default=Value("not_found"))
    run.items.update(preview_code=Coalesce(Subquery(code), changed))
    run.action = action
    run.title = title_of(run)
    run.save(update_fields=["action", "title"])


def _freeze(
    action: str,
    chosen: QuerySet[Any],
    subject: Subject,
    *,
    actor: Actor,
    asked: int | None,
    single: bool,
    retry_of_id: int | None = None,
) -> BulkAction:
    with transaction.atomic():
        person = actor.membership_id or 0
        run = BulkAction(action=action, created_by_id=person, single=single, retry_of_id=retry_of_id)
        run.save(force_insert=True)
        run.total = _insert_items(
            run, chosen.annotate(preview_code=subject.refusal_code(action, actor, bulk=not single))
        )
        run.missing = 0 if asked is None else asked - run.total
        run.title = title_of(run)
        run.save(update_fields=["total", "missing", "title"])
    return run


def _insert_items(run: BulkAction, chosen: QuerySet[Any]) -> int:
    columns = chosen.values("id", "version", "preview_code")
    sql, parameters = columns[:MAXIMUM].query.sql_with_params()
    statement = _FREEZE.format(table=BulkActionItem._meta.db_table, chosen=sql)
    with connection.cursor() as cursor:
        cursor.execute(statement, [current_organization_id(), run.pk, *parameters])
        return int(cursor.rowcount)


def title_of(run: BulkAction) -> str:
    return kind_of(run.action).title(run, in_words(run))[:TITLE_LENGTH]


def in_words(run: BulkAction, total: int | None = None) -> str:
    """Its targets, for example "C-5" or "12 conversations"; `total` counts more than there are items for."""
    subject = kind_of(run.action).subject
    if total is not None and total != run.total:
        return f"{total:,} {subject.noun}s"
    if run.single and run.total:
        return subject.number_of(run.items.values_list("target_id", flat=True)[0])
    return f"1 {subject.noun}" if run.total == 1 else f"{run.total:,} {subject.noun}s"


def read_preview(run: BulkAction, *, actor: Actor) -> Preview:
    """Three queries however many items there are."""
    counted = dict(
        run.items.order_by()
        .values_list("preview_code")
        .annotate(number=Count("pk"))
        .values_list("preview_code", "number")
    )
    samples = _samples(run, actor) if any(counted) else {}
    groups = [Group(code, number, sentence_of(code), samples.get(code, [])) for code, number in counted.items() if code]
    if run.missing:
        groups.append(Group("not_found", run.missing, sentence_of("not_found"), []))
    groups.sort(key=lambda group: (-group.count, group.code))
    return Preview(run.total + run.missing, counted.get("", 0), groups)


def _samples(run: BulkAction, actor: Actor) -> dict[str, list[Line]]:
    rank = Window(RowNumber(), partition_by=F("preview_code"), order_by=F("target_id").asc())
    named = dict(
        run.items.exclude(preview_code="")
        .annotate(rank=rank)
        .filter(rank__lte=SAMPLES)
        .values_list("target_id", "preview_code")
    )
    groups: dict[str, list[Line]] = {}
    slug = actor.organization_slug if actor.may(Right.SUPERVISE) else ""
    for pk, line in kind_of(run.action).subject.lines(list(named), actor, slug).items():
        groups.setdefault(named[pk], []).append(line)
    return groups


def conversation_of_single(run: BulkAction, *, actor: Actor) -> Conversation | None:
    """The one conversation of a single action, for its sentence."""
    ids = run.items.values("target_id")
    return visible_to(actor).select_related("representative", "queue").filter(pk__in=ids).first()
