"""Metrics of a period: sums of measures and quotients of them."""

from analytics.metrics.definition import Better, Metric, Quotient, Source, Total, Unit
from analytics.metrics.measures import SERVICE_LEVELS

ENDED_WAITS = ("answered", "abandoned")


def _total(
    name: str, label: str, measure: str, sentence: str, calculation: str, reference: str = "§6.7", **more: object
) -> Metric:
    return _metric(name, label, Unit.COUNT, Total(measure), sentence, calculation, reference, **more)


def _mean(name: str, label: str, of: Quotient, sentence: str, calculation: str, **more: object) -> Metric:
    return _metric(name, label, Unit.DURATION, of, sentence, calculation, "§6.7", **more)


def _share(
    name: str, label: str, of: Quotient, sentence: str, calculation: str, reference: str = "§6.7", **more: object
) -> Metric:
    return _metric(name, label, Unit.SHARE, of, sentence, calculation, reference, **more)


def _metric(
    name: str,
    label: str,
    unit: Unit,
    expression: Total | Quotient,
    sentence: str,
    calculation: str,
    reference: str,
    **more: object,
) -> Metric:
    return Metric(
        name=name,
        label=label,
        unit=unit,
        sentence=sentence,
        calculation=calculation,
        source=Source.STAYS,
        reference=reference,
        expression=expression,
        **more,  # type: ignore[arg-type]
    )


def _service_level(seconds: int) -> Metric:
    return _share(
        f"service_level_{seconds}",
        f"Service level ({seconds}\u00a0s)",
        Quotient(f"answered_within_{seconds}", ("answered",)),
        f"The share of accepted conversations whose customers waited {seconds} seconds at most.",
        f"Accepted with a first wait of {seconds} s or less ÷ accepted. The first wait begins when the conversation "
        "comes in, or when an AI agent hands it over.",
        better=Better.HIGHER,
        at_risk=0.8,
        critical=0.6,
    )


OF_PERIOD = (
    _total(
        "incoming",
        "Incoming",
        "incoming",
        "Conversations that came to people in the period.",
        "Conversations that entered a queue of people, by themselves or from an AI agent.",
    ),
    _total(
        "conversations",
        "Total conversations",
        "conversations",
        "Conversations that began in the period, with AI agents too.",
        "A count of conversations by when they were created.",
    ),
    _total(
        "answered",
        "Accepted",
        "answered",
        "Conversations that a representative accepted for the first time in the period.",
        "A count of first acceptances by people.",
        better=Better.HIGHER,
    ),
    *(_service_level(seconds) for seconds in SERVICE_LEVELS),
    _mean(
        "average_speed_to_answer",
        "Average speed to answer",
        Quotient("answer_wait", ("answered",)),
        "How long customers waited on average until somebody accepted.",
        "The first waits of the conversations accepted in the period, together ÷ their number.",
        better=Better.LOWER,
        at_risk=60,
        critical=120,
    ),
    _total(
        "abandoned",
        "Abandoned",
        "abandoned",
        "Conversations that closed in the period before anybody accepted.",
        "Closed without an acceptance, by the customer, by overflow or by a supervisor’s force close. What an AI agent "
        "held to the end isn’t abandoned.",
        better=Better.LOWER,
    ),
    _share(
        "abandon_rate",
        "Abandon rate",
        Quotient("abandoned", ENDED_WAITS),
        "The share of incoming conversations that closed before anybody accepted.",
        "Abandoned ÷ incoming conversations whose first wait ended in the period, that is accepted and abandoned ones.",
        "§6.7, §6.8",
        better=Better.LOWER,
        at_risk=0.05,
        critical=0.1,
    ),
    _share(
        "disconnect_rate",
        "Left by the customer",
        Quotient("disconnected", ENDED_WAITS),
        "The share of incoming conversations whose customers left before anybody accepted.",
        "Abandoned by the customer’s own leaving ÷ incoming conversations whose first wait ended in the period.",
        "§6.8",
        better=Better.LOWER,
    ),
    _share(
        "answer_rate",
        "Answer rate",
        Quotient("answered", ENDED_WAITS),
        "The share of incoming conversations that somebody accepted.",
        "Accepted ÷ incoming conversations whose first wait ended in the period.",
        "§6.8",
        better=Better.HIGHER,
    ),
    _mean(
        "average_time_to_abandon",
        "Average time to abandon",
        Quotient("abandon_wait", ("abandoned",)),
        "How long abandoned conversations had waited on average.",
        "The waits of the conversations abandoned in the period, together ÷ their number.",
    ),
    _total(
        "short_abandoned",
        "Short abandons",
        "short_abandoned",
        "Abandoned conversations that ended sooner than their queue’s short-abandon threshold.",
        "Abandoned before the queue’s threshold; queues without one count none.",
    ),
    _total(
        "closed",
        "Closed",
        "closed",
        "Conversations that closed in the period.",
        "A count of conversations by when they were closed.",
    ),
    _mean(
        "average_handle_time",
        "Average handle time",
        Quotient("handle_time", ("handled",)),
        "How long representatives held a conversation on average, wrap-up included.",
        "Talk, hold and active wrap-up of the conversations closed in the period, of all who held them ÷ the number of "
        "those that somebody had accepted.",
        better=Better.LOWER,
    ),
    _mean(
        "average_conversation_time",
        "Average conversation time",
        Quotient("conversation_time", ("closed",)),
        "How long conversations lasted on average.",
        "From creation to end of the conversations closed in the period, together ÷ their number.",
    ),
    _share(
        "transfer_rate",
        "Transfer rate",
        Quotient("transferred", ("handled",)),
        "The share of handled conversations that were transferred.",
        "Closed and accepted conversations with at least one transfer ÷ closed and accepted conversations.",
        better=Better.LOWER,
    ),
    _total(
        "stays",
        "Offered to the queue",
        "stays",
        "Times a conversation entered a queue of people.",
        "A count of stays by when they began.",
    ),
    _total(
        "stays_answered",
        "Answered in the queue",
        "stays_answered",
        "Times a conversation was accepted in a queue.",
        "A count of stays by when a person accepted.",
        better=Better.HIGHER,
    ),
    _mean(
        "average_stay",
        "Average wait in the queue",
        Quotient("stay_wait", ("stays_answered",)),
        "How long answered conversations had been in the queue on average.",
        "The waits of stays answered in the period, from entering the queue, together ÷ their number.",
        better=Better.LOWER,
    ),
    _share(
        "service_level_met",
        "Queue’s service level met",
        Quotient("stays_in_service_level", ("stays_answered",)),
        "The share of conversations answered in the queue within its own service level.",
        "Stays answered within the queue’s threshold ÷ stays answered.",
        better=Better.HIGHER,
        at_risk=0.8,
        critical=0.6,
    ),
    _total(
        "transfers_in",
        "Transfers in",
        "transfers_in",
        "Conversations that came from another queue.",
        "Stays that began with a move from another queue, overflow included.",
    ),
    _total(
        "transfers_out",
        "Transfers out",
        "transfers_out",
        "Conversations that went on to another queue.",
        "Stays that ended with a move to another queue, overflow included.",
    ),
    _total(
        "overflow_in",
        "Overflow in",
        "overflow_in",
        "Conversations that an overflow rule moved here.",
        "Stays that began by overflow.",
        "§6.8",
    ),
    _total(
        "overflow_out",
        "Overflow out",
        "overflow_out",
        "Conversations that an overflow rule moved elsewhere.",
        "Stays that ended by overflow.",
        "§6.8",
    ),
)
