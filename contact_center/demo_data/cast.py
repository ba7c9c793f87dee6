"""Organizations, people and queues of the demo, as plain data."""

from dataclasses import dataclass, field

from contact_center.tenancy.roles import Role
from routing.kinds import Kind, Presence

PASSWORD = "demo-password"  # noqa: S105 - the demo's, printed at its start
OFFERED_TO = frozenset({Presence.AVAILABLE, Presence.BUSY})
SECOND_SUPERVISOR = "supervisor2"
BOTH = "both@example.com"
BOTH_NAME = "Noor van Dijk"


@dataclass(frozen=True, slots=True)
class Person:
    """`account` stands before the @ of the organization's domain."""

    account: str
    name: str
    role: Role
    queues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rep:
    """Queues by position in the organization's list; skills by name with proficiency.

    The first of each organization is whoever tries the desk: away from it until somebody opens it, and with most room.
    """

    name: str
    presence: Presence
    units: int
    queues: tuple[int, ...]
    skills: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class DemoQueue:
    name: str
    kind: Kind
    priority: int | None = None
    intent_based: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class Cast:
    slug: str
    name: str
    time_zone: str
    people: tuple[Person, ...]
    representatives: tuple[Rep, ...]
    ai_agent: str
    queues: tuple[DemoQueue, ...]
    # Family → group → intents; and the user group that serves each group, by positions of representatives.
    family: str
    intents: dict[str, tuple[str, ...]]
    user_groups: dict[str, tuple[int, ...]] = field(default_factory=dict)
    # With a proficiency that nobody has who is at work and offered something.
    rare_skills: tuple[tuple[str, int], ...] = ()
    # The queue that is short of people, by position: what asks for those skills waits there.
    slow_queue: int = 3

    def address(self, account: str) -> str:
        return f"{account}@{self.slug}.example"


M, V, R = Kind.MESSAGING, Kind.VOICE, Kind.RECORD

HARBOR = Cast(
    slug="harbor",
    name="Harbor Retail",
    time_zone="Europe/Amsterdam",
    people=(
        Person("supervisor", "Ingrid Solberg", Role.SUPERVISOR),
        Person("supervisor2", "Mateus Carvalho", Role.SUPERVISOR),
        Person("scoped", "Leila Haddad", Role.SUPERVISOR, ("Returns and refunds",)),
        Person("admin", "Priya Raman", Role.ADMINISTRATOR),
        Person("auditor", "Tomasz Wiśniewski", Role.AUDITOR),
    ),
    representatives=(
        Rep("Amara Okafor", Presence.OFFLINE, 240, (0, 1, 4), (("English", 10), ("Refunds", 8))),
        Rep(
            "Jun Takahashi", Presence.AVAILABLE, 300, (0, 2, 3), (("English", 8), ("Japanese", 10), ("Electronics", 9))
        ),
        Rep("Sofía Herrera", Presence.BUSY, 280, (1, 3, 5), (("Spanish", 10), ("English", 8), ("Refunds", 9))),
        Rep("Kwame Mensah", Presence.AVAILABLE, 330, (0, 2, 4), (("English", 10), ("French", 7), ("Furniture", 8))),
        Rep("Elif Yıldız", Presence.AVAILABLE, 270, (1, 3, 6), (("Turkish", 10), ("German", 8), ("English", 7))),
        Rep("Lukas Novák", Presence.AWAY, 200, (0, 4, 5), (("German", 9), ("English", 8), ("Complaints", 9))),
        Rep(
            "Mei-Ling Chen",
            Presence.DO_NOT_DISTURB,
            120,
            (2, 3, 6),
            (("English", 9), ("Electronics", 10), ("Complaints", 7)),
        ),
        Rep(
            "Daniel O'Brien",
            Presence.OFFLINE,
            200,
            (0, 1, 5, 6),
            (("English", 10), ("Furniture", 10), ("Business orders", 9)),
        ),
    ),
    ai_agent="Harbor Assistant",
    queues=(
        DemoQueue("Orders and delivery", M, 1, description="Where is my order, and when does it come?"),
        DemoQueue("Returns and refunds", M, 2, description="Sending back, exchanging, getting money back."),
        DemoQueue("Product advice", M, 3, intent_based=True, description="Help with choosing, by intent."),
        DemoQueue("Social and SMS", M, description="What comes in from WhatsApp and by text message."),
        DemoQueue("Phone support", V, 1, description="Calls."),
        DemoQueue("Cases", R, 1, description="Cases that need research."),
        DemoQueue("E-mail", R, 2, description="E-mails and follow-up activities."),
    ),
    family="Retail",
    intents={
        "Buying": ("Compare products", "Check availability", "Gift advice"),
        "After sales": ("Track order", "Return item", "Report damage"),
    },
    user_groups={"Product experts": (1, 3, 6), "After-sales team": (0, 2, 4, 7)},
    rare_skills=(("Complaints", 7), ("Business orders", 5), ("Furniture", 9), ("Electronics", 10)),
)

SUMMIT = Cast(
    slug="summit",
    name="Summit Travel",
    time_zone="America/Denver",
    people=(
        Person("supervisor", "Hannah Bergström", Role.SUPERVISOR),
        Person("supervisor2", "Rafael Ortiz", Role.SUPERVISOR),
        Person("admin", "Anaïs Laurent", Role.ADMINISTRATOR),
        Person("auditor", "Olu Adeyemi", Role.AUDITOR),
    ),
    representatives=(
        Rep("Yuki Nakamura", Presence.OFFLINE, 240, (0, 2, 4), (("English", 9), ("Japanese", 10), ("Flights", 9))),
        Rep(
            "Fatima Zahra Benali", Presence.AVAILABLE, 300, (0, 1, 3), (("French", 10), ("Arabic", 10), ("English", 8))
        ),
        Rep("Marek Kowalski", Presence.AVAILABLE, 280, (1, 3, 5), (("Polish", 10), ("English", 8), ("Rail", 9))),
        Rep("Chloé Dubois", Presence.BUSY, 270, (0, 2, 6), (("French", 10), ("English", 9), ("Cruises", 7))),
        Rep("Arjun Mehta", Presence.AVAILABLE, 330, (1, 2, 4), (("Hindi", 10), ("English", 10), ("Flights", 10))),
        Rep(
            "Isabella Rossi", Presence.DO_NOT_DISTURB, 160, (0, 3, 5), (("Italian", 10), ("English", 8), ("Hotels", 9))
        ),
        Rep(
            "Thabo Nkosi",
            Presence.AWAY,
            200,
            (1, 4, 6),
            (("English", 10), ("Zulu", 10), ("Safaris", 10), ("Complaints", 9)),
        ),
        Rep(
            "Freya Lindqvist",
            Presence.OFFLINE,
            200,
            (0, 1, 5, 6),
            (("Swedish", 10), ("English", 9), ("Group travel", 9)),
        ),
    ),
    ai_agent="Summit Guide",
    queues=(
        DemoQueue("Bookings", M, 1, description="New trips and open bookings."),
        DemoQueue("Changes and cancellations", M, 2, description="Other dates, other names, other plans."),
        DemoQueue("Travel advice", M, 3, intent_based=True, description="Where to go and what to bring, by intent."),
        DemoQueue("On the road", M, description="Travellers who write by WhatsApp or text message."),
        DemoQueue("Phone desk", V, 1, description="Calls."),
        DemoQueue("Claims", R, 1, description="Delays, lost luggage, refunds by law."),
        DemoQueue("Correspondence", R, 2, description="E-mails and follow-up activities."),
    ),
    family="Travel",
    intents={
        "Planning": ("Find a trip", "Visa question", "Packing advice"),
        "Travelling": ("Change booking", "Missed connection", "Lost luggage"),
    },
    user_groups={"Trip planners": (0, 3, 4), "Travel assistance": (1, 2, 5, 6)},
    rare_skills=(("Complaints", 7), ("Group travel", 5), ("Safaris", 6), ("Hotels", 8)),
)

CASTS: dict[str, Cast] = {cast.slug: cast for cast in (HARBOR, SUMMIT)}

CUSTOMERS: tuple[str, ...] = (
    "Aaliyah Brooks", "Adrián Morales", "Aiko Mori", "Ananya Iyer", "Andrzej Zieliński", "Astrid Holm",
    "Ayodele Bello", "Bilal Qureshi", "Camila Duarte", "Catarina Lopes", "Chidi Eze", "Clara Schneider",
    "Dmitri Volkov", "Eero Virtanen", "Emeka Obi", "Esra Demir", "Farid Rahimi", "Giulia Bianchi",
    "Hassan El Amrani", "Hugo Fernandes", "Ines Kovač", "Isaac Thompson", "Jasmin Krüger", "Jiwoo Park",
    "José Luis Vega", "Katarzyna Lis", "Khadija Diallo", "Lars Pedersen", "Leilani Kahale", "Liam Walsh",
    "Linh Nguyen", "Lucía Romero", "Magnus Eriksen", "Maryam Hosseini", "Mila Petrova", "Minh Tran",
    "Naledi Dlamini", "Nikos Papadakis", "Olivia Hughes", "Omar Haddad", "Pilar Santos", "Rania Aziz",
    "Ravi Deshpande", "Sanne de Vries", "Siobhán Murphy", "Sven Lindgren", "Tariq Mahmood", "Thandiwe Moyo",
    "Wei Zhang", "Yara Nassar", "Yusuf Kaya", "Zoë Martin",
)  # fmt: skip
