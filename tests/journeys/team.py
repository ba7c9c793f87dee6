"""One organization as a journey sees it: its people's addresses, its pages, its API, its rows."""

import itertools
import json
import subprocess
from dataclasses import dataclass, field
from typing import Any

import httpx

_number = itertools.count(1)


class Seeder:
    """Speaks with `tests.journeys.seed`."""

    def __init__(self, process: subprocess.Popen) -> None:
        self._process = process

    def __call__(self, command: str, **arguments: Any) -> Any:
        self._process.stdin.write(json.dumps([command, arguments]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "The seeding process ended; its last words are in seed.log."
        answer = json.loads(line)
        assert "error" not in answer, f"{command}: {answer.get('error')}"
        return answer["result"]


@dataclass
class Team:
    slug: str
    url: str
    seeder: Seeder
    name: str = ""
    key: str = ""
    ana: str = ""
    sent: list[str] = field(default_factory=list)

    @classmethod
    def make(cls, slug: str, url: str, seeder: Seeder) -> "Team":
        return cls(slug, url, seeder, **seeder("team", slug=slug))

    def email(self, name: str) -> str:
        return f"{name}@{self.slug}.example"

    def path(self, rest: str = "conversations/") -> str:
        return f"/o/{self.slug}/{rest}"

    def conversations(self, count: int, **options: Any) -> list[int]:
        return self.seeder("conversations", slug=self.slug, count=count, **options)

    def alert_about(self, *kinds: str) -> None:
        self.seeder("alert_about", slug=self.slug, kinds=list(kinds))

    def reports(self) -> None:
        self.seeder("reports", slug=self.slug)

    # --- What customers and their channels do, through the public API ---

    def arrives(self, subject: str, customer: str = "Amara Okafor") -> dict[str, Any]:
        number = next(_number)
        return self._post(
            "conversations",
            {
                "external_id": f"{self.slug}-{number}",
                "work_stream": "live-chat",
                "subject": subject,
                "customer": {"external_id": f"customer-{number}", "name": customer},
                "message": "Hello, I need some help.",
            },
        )

    def answers(self, conversation: int, text: str = "I am looking into it.") -> dict[str, Any]:
        """Ana replies from the desk of another system: on Open she picks it."""
        body = {"external_id": f"m-{next(_number)}", "from": "representative", "representative": self.ana, "text": text}
        return self._post(f"conversations/{conversation}/messages", body)

    def writes(self, conversation: int, text: str) -> dict[str, Any]:
        """The customer, on their own channel."""
        body = {"external_id": f"m-{next(_number)}", "from": "customer", "text": text}
        return self._post(f"conversations/{conversation}/messages", body)

    def ends(self, conversation: int) -> dict[str, Any]:
        return self._post(f"conversations/{conversation}/end", {"by": "customer"})

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = httpx.post(f"{self.url}/api/v1/{path}", json=body, headers=headers, timeout=20)
        assert answer.status_code in (200, 201), f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()
