"""Reads files of records, CSV with a header or JSON lines, as bodies of the API's call. No database in here."""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TextIO

from pydantic import ValidationError

from conversations.api.errors import field_name, sentence_of
from conversations.api.record_schemas import RecordIn

COLUMNS = (
    "external_id",
    "record_type",
    "title",
    "case_number",
    "regarding",
    "queue",
    "work_stream",
    "priority",
    "customer_external_id",
    "customer_name",
    "customer_email",
)
REQUIRED = frozenset({"external_id", "record_type", "title"})
CUSTOMER = "customer_"


class UnreadableFile(ValueError):
    """Nothing of the file can be taken; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class RecordLine:
    line: int
    record: RecordIn


@dataclass(frozen=True, slots=True)
class BadLine:
    line: int
    reason: str


Found = RecordLine | BadLine


def read_records(file: TextIO, file_format: str) -> Iterator[Found]:
    """Every record with the line it begins on. Raises UnreadableFile for a header that says nothing."""
    rows = _csv_rows(file) if file_format == "csv" else _json_rows(file)
    first_seen: dict[str, int] = {}
    for line, given in rows:
        found = given if isinstance(given, BadLine) else _checked(line, given)
        if isinstance(found, RecordLine):
            earlier = first_seen.setdefault(found.record.external_id, line)
            if earlier != line:
                found = BadLine(line, f"the external_id {found.record.external_id} stands on line {earlier} already")
        yield found


def _checked(line: int, given: Any) -> Found:
    if not isinstance(given, dict):
        return BadLine(line, "this is not an object")
    try:
        return RecordLine(line, RecordIn.model_validate(given))
    except ValidationError as error:
        return BadLine(line, "; ".join(_reasons(error)))


def _reasons(error: ValidationError) -> Iterator[str]:
    for each in error.errors(include_url=False, include_input=False):
        name, sentence = field_name(each["loc"]), sentence_of(dict(each))
        yield f"{name}: {sentence}" if name else sentence


def _json_rows(lines: Iterable[str]) -> Iterator[tuple[int, Any]]:
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            yield number, json.loads(text)
        except (ValueError, RecursionError):
            yield number, BadLine(number, "this is not JSON")


def _csv_rows(lines: Iterable[str]) -> Iterator[tuple[int, Any]]:
    reader = csv.reader(lines, strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
    except csv.Error as error:
        raise UnreadableFile(f"The header can't be read: {error}.") from None
    _check_header(header)
    while True:
        line = reader.line_num + 1
        try:
            values = next(reader, None)
        except csv.Error as error:
            yield line, BadLine(line, f"this is not CSV: {error}")
            continue
        if values is None:
            return
        if any(value.strip() for value in values):
            yield line, _csv_row(line, header, values)


def _check_header(header: list[str]) -> None:
    if missing := sorted(REQUIRED.difference(header)):
        raise UnreadableFile(f"The header lacks the columns {', '.join(missing)}.")
    if unknown := [name for name in header if name not in COLUMNS]:
        raise UnreadableFile(f"There is no column “{unknown[0]}”. There are: {', '.join(COLUMNS)}.")
    if len(set(header)) != len(header):
        raise UnreadableFile("The header names a column twice.")


def _csv_row(line: int, header: list[str], values: list[str]) -> Any:
    """An empty cell is a field that isn't there."""
    if len(values) != len(header):
        return BadLine(line, f"it has {len(values)} cells, and the header has {len(header)}")
    cells = {name: value for name, value in zip(header, values, strict=True) if value.strip()}
    customer = {name.removeprefix(CUSTOMER): cells.pop(name) for name in list(cells) if name.startswith(CUSTOMER)}
    return {**cells, "customer": customer} if customer else cells
