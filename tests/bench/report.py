"""The figures as tables, for the terminal and for docs/benchmarks.md."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """Cells as people read them; `met` is None where there is no bar."""

    cells: tuple[str, ...]
    met: bool | None = None


@dataclass
class Table:
    title: str
    explanation: str
    head: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    note: str = ""

    def markdown(self) -> str:
        judged = any(row.met is not None for row in self.rows)
        head = [*self.head, "Bar"] if judged else [*self.head]
        lines = [
            f"### {self.title}",
            "",
            self.explanation,
            "",
            _line(head),
            _line(["---", *["---:"] * (len(head) - 1)]),
        ]
        lines += [_line([*row.cells, _verdict(row.met)] if judged else row.cells) for row in self.rows]
        return "\n".join(lines) + "\n"

    def __str__(self) -> str:
        return self.markdown() + (f"\n{self.note}\n" if self.note else "")


def _line(cells) -> str:
    return "| " + " | ".join(cells) + " |"


def _verdict(met: bool | None) -> str:
    return "" if met is None else "met" if met else "**missed**"
