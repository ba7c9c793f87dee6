"""Who is told what became of an offer: whoever made it, and for a transfer both representatives."""

from conversations.actions.context import Context
from conversations.actions.effects import withdraw_offer
from conversations.actions.step import Notice, Step
from conversations.models import Offer
from conversations.states import OfferKind, OfferOutcome, Phase


def tell_of_refusal(offer: Offer, step: Step, outcome: OfferOutcome, context: Context) -> None:
    """Who and why, to the supervisor who made the offer, and for a transfer to the first representative as well."""
    seconds = step.conversation.work_stream.offer_seconds
    if outcome == OfferOutcome.REJECTED:
        kind, short, why = "offer_rejected", "rejected", "rejected it."
    else:
        kind, short, why = "offer_timed_out", "didn’t answer the offer of", f"didn’t answer within {seconds} seconds."
    waits = step.conversation.phase is Phase.AWAITING
    now = "It is open in its queue again." if waits else "Nothing else has changed."
    _tell_givers(offer, step, kind, short, f"{why} {now}", context)
    if outcome == OfferOutcome.TIMED_OUT and offer.kind == OfferKind.TRANSFER:
        title = f"You missed the transfer of {step.conversation.number}"
        text = f"“{step.conversation.subject[:120]}”: you didn’t answer within {seconds} seconds. {now}"
        step.notify.append(Notice(offer.representative_id, "offer_missed", title, text))


def tell_of_transfer(offer: Offer, step: Step, context: Context) -> None:
    _tell_givers(offer, step, "transfer_accepted", "accepted", "accepted the transfer and holds it now.", context)


def _tell_givers(offer: Offer, step: Step, kind: str, short: str, sentence: str, context: Context) -> None:
    who = offer.representative.name
    title = f"{who[:60]} {short} {step.conversation.number}"
    _tell(_givers(offer, step), step, kind, title, f"{who} {sentence}", context)


def overtake_transfer(step: Step, offer: Offer | None, why: str, context: Context) -> None:
    """Something else ends the pending offer. Where that was a transfer's, both sides are told, and it is recorded.

    `why` completes "…, because …".
    """
    withdraw_offer(step, offer)
    if offer is None or not step.conversation.transfer_pending:
        return
    step.audit_extra = {**step.audit_extra, "withdrawn_from": offer.representative_id}
    who, number = offer.representative.name, step.conversation.number
    title = f"The transfer of {number} was withdrawn"
    text = f"the transfer to {who} was withdrawn, because {why}."
    _tell(_givers(offer, step), step, "transfer_withdrawn", title, text, context)
    text = f"it is no longer offered to you, because {why}."
    _tell([(offer.representative_id, None)], step, "transfer_withdrawn", title, text, context)


def _givers(offer: Offer, step: Step) -> list[tuple[int | None, int | None]]:
    """(representative, membership): one of the two names each. Routing's own offers concern nobody."""
    found: list[tuple[int | None, int | None]] = []
    first = step.conversation.representative
    if offer.made_by_id:
        found.append((None, offer.made_by_id))
    if offer.kind == OfferKind.TRANSFER and first is not None and first.pk != offer.representative_id:
        found.append((first.pk, None))
    return found


def _tell(
    whom: list[tuple[int | None, int | None]], step: Step, kind: str, title: str, sentence: str, context: Context
) -> None:
    """Nobody is told of what they did themselves."""
    text = f"“{step.conversation.subject[:120]}”: {sentence}"
    for representative_id, membership_id in whom:
        if membership_id is not None and membership_id == context.actor.membership_id:
            continue
        if representative_id is not None and representative_id == context.actor.representative_id:
            continue
        step.notify.append(Notice(representative_id, kind, title, text, membership_id=membership_id))
