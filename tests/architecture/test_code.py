"""House rules that a reader can't check by eye: names, sizes, imports, who writes what, what templates may hold."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("contact_center", "routing", "conversations", "bulk_actions", "analytics")
MAX_LINES = 400
# Longer, each with its reason.
LONGER: dict[str, str] = {}
NAMES_THAT_SAY_NOTHING = {"utils.py", "helpers.py", "common.py", "misc.py"}
# Imported late without a word beside each: the whole file is about the order of loading.
LATE_IMPORTS = {"contact_center/settings.py": "Sentry is loaded only when it is switched on"}

# Where the state of a conversation is written.
WRITERS = "conversations/actions/"
STATE = frozenset({"status", "status_reason", "units_held", "transfer_pending", "row_stamp"})
# The same names in other tables: runs in bulk_actions, deliveries in the outbox.
OF_OTHER_TABLES = {
    "bulk_actions/": {"status", "row_stamp"},
    "conversations/delivery/": {"status"},
}
# Where rows are reached past the organization's manager or by another role, each with its reason.
PAST_THE_WALLS = {
    "contact_center/tenancy/inspection.py": "checks that the console doesn't run as the owner",
    "contact_center/tenancy/scope.py": "sets the organization of the transaction",
}
BYPASS = re.compile(
    r"_base_manager|using\(\s*[\"']owner|connections\[[\"']owner|db_manager\(|set_config\(|set role", re.I
)

INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style\b|\sstyle\s*=|\shx-on|\son[a-z]+\s*=\s*[\"']|javascript:",
    re.I,
)


def sources(*packages: str) -> Iterator[tuple[str, Path]]:
    for package in packages or PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def test_modules_stay_readable():
    too_long = {name for name, path in sources() if len(path.read_text().splitlines()) > MAX_LINES}
    assert too_long == set(LONGER)


def test_no_module_is_named_after_nothing():
    assert [name for name, path in sources(*PACKAGES, "tests") if path.name in NAMES_THAT_SAY_NOTHING] == []


def test_every_module_says_what_it_owns():
    silent = [
        name
        for name, path in sources()
        if path.name not in ("__init__.py", "apps.py")
        and path.read_text().strip()
        and not ast.get_docstring(tree_of(path))
    ]
    assert silent == []


def test_imports_inside_functions_say_why():
    unexplained = set()
    for name, path in sources(*PACKAGES, "tests"):
        lines = path.read_text().splitlines()
        for function in (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef)):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    line = lines[(node.end_lineno or node.lineno) - 1] + lines[node.lineno - 1]
                    if not re.search(r"noqa:[^#]*PLC0415 - \w+", line):
                        unexplained.add(f"{name}:{node.lineno}")
    assert {place for place in unexplained if place.partition(":")[0] not in LATE_IMPORTS} == set()


# --- Conversations have one writer ---


def writes_state(node: ast.AST) -> set[str]:
    """Fields of a conversation's state that the statement writes."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        # An object's own attribute is no row of another table.
        return {each.attr for each in targets if isinstance(each, ast.Attribute) and not is_self(each.value)} & STATE
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
        return {keyword.arg for keyword in node.keywords if keyword.arg} & STATE
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Conversation":
        return {"a new conversation"}
    return set()


def is_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def state_writers() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, path in sources():
        for node in ast.walk(tree_of(path)):
            if fields := writes_state(node):
                found.setdefault(name, set()).update(fields)
    return found


def test_conversations_are_written_below_their_actions_only():
    others = {name: fields for name, fields in state_writers().items() if not name.startswith(WRITERS)}
    unknown = {
        name: fields for name, fields in others.items() if not fields <= OF_OTHER_TABLES.get(area_of(name), set())
    }
    assert unknown == {}
    assert {area_of(name) for name in others} == set(OF_OTHER_TABLES), "entries that nothing needs any more"


def area_of(name: str) -> str:
    return next((area for area in OF_OTHER_TABLES if name.startswith(area)), name)


def test_the_walk_finds_the_real_writers():
    assert any(name.startswith(WRITERS) for name in state_writers())


# --- Nothing goes past the walls ---


def test_nothing_reaches_past_the_managers_or_acts_as_the_owner():
    found = {name for name, path in sources() if BYPASS.search(code_of(path))}
    found -= {name for name in found if name.startswith("contact_center/management/commands/migrate")}
    assert found == set(PAST_THE_WALLS)


def code_of(path: Path) -> str:
    """The text without docstrings, which may speak of what the code doesn't do."""
    tree = ast.parse(path.read_text())  # one of its own, for it loses its docstrings
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


# --- Templates ---


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_templates_hold_no_script_style_or_handler(path):
    text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(), flags=re.S)
    assert INLINE.findall(text) == []


def test_fragments_extend_nothing():
    assert [path.name for path in templates() if path.name.startswith("_") and "{% extends" in path.read_text()] == []


def test_templates_decide_nothing():
    """States and rights are asked in the rule table and the actor; a template shows what it is given."""
    deciding = re.compile(r"\{%\s*(?:el)?if[^%]*(?:\.status\s*(?:==|!=|in)|perms\.|is_superuser|is_staff)")
    assert [path.name for path in templates() if deciding.search(path.read_text())] == []


def test_a_class_is_described_in_one_style_sheet():
    """The later of two would change a page that never meant it."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "static/css").rglob("*.css")):
        depth = 0
        for line in path.read_text().splitlines():
            if depth == 0 and (start := re.match(r"(\.[\w-]+) \{", line)):
                found.setdefault(start.group(1), set()).add(path.name)
            depth += line.count("{") - line.count("}")
    assert {name for name, sheets in found.items() if len(sheets - {"print.css"}) > 1} == set()
