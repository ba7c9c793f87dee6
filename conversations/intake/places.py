"""Where records go: looks up the queues and work streams that callers name, for a whole call at once."""

from collections.abc import Iterable

from contact_center.errors import DomainError, Invalid
from conversations.intake.parcels import RecordParcel
from routing.kinds import Kind
from routing.models import Queue, WorkStream

# Beyond what the database counts to there is certainly no queue.
LARGEST_ID = 2**63 - 1


class Places:
    """The organization's queues and work streams for records. Two queries."""

    def __init__(self) -> None:
        self._queues = list(Queue.objects.order_by("pk"))
        self._by_name = {queue.name: queue for queue in self._queues}
        self._by_id = {str(queue.pk): queue for queue in self._queues}
        streams = WorkStream.objects.select_related("default_queue").order_by("pk")
        self._streams = {stream.slug: stream for stream in streams}

    def refusal(self, parcel: RecordParcel) -> DomainError | None:
        """Why the parcel can go nowhere; every field at fault is named."""
        fields = {}
        if sentence := self._wrong_stream(parcel):
            fields["work_stream"] = sentence
        if sentence := self._wrong_queue(parcel):
            fields["queue"] = sentence
        if not fields and self._stream_of(parcel) is None:
            fields["work_stream"] = "No work stream for records is set up."
        if not fields:
            return None
        name, sentence = next(iter(fields.items()))
        return Invalid(f"{name}: {sentence}", fields=fields)

    def _wrong_stream(self, parcel: RecordParcel) -> str:
        if not parcel.work_stream:
            return "" if parcel.queue else "Name a work stream or a queue."
        stream = self._streams.get(parcel.work_stream)
        if stream is None:
            return f"There is no work stream “{parcel.work_stream}”."
        if stream.kind != Kind.RECORD:
            return "This work stream is for conversations, not for records."
        return "" if stream.is_active else f"The work stream “{parcel.work_stream}” is switched off."

    def _wrong_queue(self, parcel: RecordParcel) -> str:
        if not parcel.queue:
            return ""
        queue = self._named(parcel.queue)
        if queue is None:
            return f"There is no queue “{parcel.queue}”."
        if queue.kind != Kind.RECORD:
            return f"The queue “{queue.name}” isn't for records."
        return "" if queue.is_active else f"The queue “{queue.name}” has been deactivated."

    def _named(self, queue: str) -> Queue | None:
        """A queue may be called "7": the name goes before the id."""
        return self._by_name.get(queue) or self._by_id.get(queue)

    def of(self, parcel: RecordParcel) -> tuple[WorkStream, Queue]:
        """For a parcel that isn't refused."""
        stream = self._stream_of(parcel)
        assert stream is not None  # noqa: S101 - refused otherwise
        return stream, self._named(parcel.queue) or stream.default_queue

    def _stream_of(self, parcel: RecordParcel) -> WorkStream | None:
        """The one named, else the one that fills the queue by default, else the first."""
        if parcel.work_stream:
            return self._streams.get(parcel.work_stream)
        queue = self._named(parcel.queue)
        usable = [stream for stream in self._streams.values() if stream.kind == Kind.RECORD and stream.is_active]
        own = [stream for stream in usable if queue is not None and stream.default_queue_id == queue.pk]
        return next(iter(own or usable), None)


def repeated(parcels: Iterable[RecordParcel]) -> dict[int, int]:
    """Position of a parcel → position of the earlier one with the same id."""
    first: dict[str, int] = {}
    found: dict[int, int] = {}
    for position, parcel in enumerate(parcels):
        if parcel.external_id in first:
            found[position] = first[parcel.external_id]
        else:
            first[parcel.external_id] = position
    return found
