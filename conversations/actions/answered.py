"""What became of an offer that a supervisor made: told to whoever keeps account of it, in the same transaction.

Later layers add to `on_answered` when they are ready; each is called once for all the steps of one write.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contact_center.audit.actions import AuditAction
from conversations.actions.step import Step
from conversations.states import OfferOutcome


@dataclass(frozen=True, slots=True)
class Answer:
    """`operation_id` is that of the offer; `after` the conversation's state afterwards."""

    operation_id: uuid.UUID
    conversation_id: int
    outcome: OfferOutcome
    sentence: str
    after: Mapping[str, Any]


on_answered: list[Callable[[Sequence[Answer]], None]] = []


def tell_answers(steps: Iterable[Step]) -> None:
    """Offers of routing's own are nobody's account, so most writes tell nothing."""
    answers = [answer for step in steps if (answer := _answer(step))]
    if answers:
        for listener in on_answered:
            listener(answers)


def _answer(step: Step) -> Answer | None:
    offer, outcome = step.answered, step.answer_offer
    if offer is None or outcome is None or offer.operation_id is None or offer.made_by_id is None:
        return None
    return Answer(offer.operation_id, step.conversation.pk, outcome, _sentence(step, outcome), step.after())


def _sentence(step: Step, outcome: OfferOutcome) -> str:
    who = step.answered.representative.name[:100] if step.answered else ""
    if outcome == OfferOutcome.ACCEPTED:
        return f"{who} accepted it."
    if outcome == OfferOutcome.REJECTED:
        return f"{who} rejected it."
    if outcome == OfferOutcome.TIMED_OUT:
        return f"{who} didn’t answer within {step.conversation.work_stream.offer_seconds} seconds."
    why = AuditAction(step.audit).label if step.audit and step.audit != AuditAction.OFFER_WITHDRAWN else ""
    return f"The offer to {who} was withdrawn" + (f": {why[0].lower()}{why[1:]}." if why else ".")
