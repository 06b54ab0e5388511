"""What goes in and out as JSON. Requests refuse unknown fields; answers leave out what is not there."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

_SLUG = "^[a-z0-9-]{1,40}$"
OfficeSlug = Annotated[str, Meta(pattern=_SLUG, description="The office's short name.", examples=["balikpapan"])]
ServiceSlug = Annotated[str, Meta(pattern=_SLUG, description="The service's short name.", examples=["ktp-rekam"])]
Moment = Annotated[str, Meta(description="RFC 3339 with an offset.", extra_json_schema={"format": "date-time"})]
Day = Annotated[str, Meta(description="A date of the office's calendar.", extra_json_schema={"format": "date"})]
Language = Annotated[Literal["id", "en"], Meta(description="The language of the ticket and its messages.")]
Reason = Annotated[Literal["no_device", "rejected", "upload", "help", "other"] | None, Meta(
    description="Why the online way does not serve: no smartphone or internet, rejected online, documents cannot be "
                "uploaded, needs help, other.")]
Priority = Annotated[Literal["elderly", "disabled", "pregnant", "infant"] | None, Meta(
    description="Who is served first: 60 and older, with a disability, pregnant, with an infant.")]
Party = Annotated[int, Meta(ge=1, le=50, description="How many people come; each takes a place.")]
_TYPED = 200  # characters: what people type is judged by the rules for people, which say what is wrong
Nik = Annotated[str, Meta(max_length=_TYPED, description="The 16 digits on the KTP or KK; one active booking each.")]
Name = Annotated[str, Meta(max_length=_TYPED, description="As on the KTP or KK, 2 to 80 letters.")]
Phone = Annotated[str, Meta(max_length=_TYPED, description="A mobile number that gets SMS, as people write it: "
                                                           "0812 3456 7890, +62 812 3456 7890.")]
Email = Annotated[Annotated[str, Meta(max_length=2 * _TYPED)] | None, Meta(
    description="An address of at most 254 characters. The ticket and a calendar entry go there as well if this "
                "installation sends e-mail; it is checked in any case, and kept only then.")]
Code = Annotated[str | None, Meta(
    description="Nine digits, shown as 482-177-305. Not a secret; null once the booking was erased.")]
Token = Annotated[str, Meta(description="Whoever holds it holds the ticket.")]


class Question(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A request body."""


class Answer(Struct, frozen=True, omit_defaults=True):
    """An answer body: fields that are None are left out."""


# -- offices ---------------------------------------------------------------------------------------------


class CounterAnswer(Answer, frozen=True):
    slug: str
    name: str
    serves: list[str]


class ServiceAnswer(Struct, frozen=True):
    """`visit`: required, or fallback where the online way failed. `name` and `bring` in the asker's language."""

    slug: str
    name: str
    visit: Literal["required", "fallback"]
    minutes: int
    bring: list[str]
    online_url: str | None


class OfficeAnswer(Struct, frozen=True):
    slug: str
    name: str
    timezone: str
    phone: str
    sms_number: str | None
    address: str
    counters: list[CounterAnswer]


class OfficesAnswer(Struct, frozen=True):
    """One page of a list: `items` of `total`, page `page` of `pages` (from 1)."""

    items: list[OfficeAnswer]
    page: int
    pages: int
    total: int


class ServicesAnswer(Struct, frozen=True):
    items: list[ServiceAnswer]
    page: int
    pages: int
    total: int


class SlotAnswer(Struct, frozen=True):
    start: Moment
    end: Moment
    places: int


class FreeDayAnswer(Struct, frozen=True):
    """`open` says whether the office has hours that day; `places` and `slots` are what can be booked now."""

    date: Day
    open: bool
    places: int
    slots: list[SlotAnswer]


class SlotsAnswer(Struct, frozen=True):
    days: list[FreeDayAnswer]


# -- bookings --------------------------------------------------------------------------------------------


class BookingQuestion(Question, frozen=True):
    """`reason` is required where the service's `visit` is `fallback`."""

    office: OfficeSlug
    service: ServiceSlug
    start: Moment
    nik: Nik
    name: Name
    phone: Phone
    email: Email = None
    reason: Reason = None
    party: Party = 1
    priority: Priority = None
    language: Language = "id"


class MoveQuestion(Question, frozen=True):
    start: Moment


class TicketLinks(Struct, frozen=True):
    """Where the ticket is: page, QR pictures, printable, calendar entry."""

    page: str
    png: str
    svg: str
    pdf: str
    ics: str


class EstimateAnswer(Struct, frozen=True):
    """When a turn is expected; the true one lies inside four times in five."""

    from_: Moment = field(name="from")
    to: Moment


class QueuePlace(Answer, frozen=True):
    """The visitor's place in the hall: the `number`, how many visits of the group are called `before`, and when the
    turn is expected; or the `counter` that called."""

    number: str
    before: int
    state: Literal["waiting", "held", "called", "serving"]
    estimate: EstimateAnswer | None = None
    counter: str | None = None


class BookingAnswer(Answer, frozen=True):
    """`moved_to` is the address of the booking's ticket now, on an old ticket that a move retired."""

    code: Code
    token: Token
    status: Literal["booked", "arrived", "absent", "cancelled"]
    office: str
    service: str
    start: Moment
    end: Moment
    party: int
    moves: int
    ticket: TicketLinks
    reason: str | None = None
    priority: str | None = None
    moved_to: str | None = None
    queue: QueuePlace | None = None


# -- staff -----------------------------------------------------------------------------------------------


class SignInQuestion(Question, frozen=True):
    username: Annotated[str, Meta(min_length=1, max_length=100)]
    password: Annotated[str, Meta(min_length=1, max_length=200)]


class PasswordQuestion(Question, frozen=True):
    present: Annotated[str, Meta(min_length=1, max_length=200)]
    new: Annotated[str, Meta(min_length=1, max_length=400)]


class SessionAnswer(Struct, frozen=True):
    token: str
    role: Literal["counter", "manager", "admin"]
    username: str
    office: str
    expires: Moment
    must_change: bool


class WhoAnswer(Struct, frozen=True):
    role: Literal["counter", "manager", "admin", "door", "board", "kiosk"]
    username: str
    office: str
    expires: Moment


class ScanQuestion(Question, frozen=True):
    """One of `qr` (what the scanner read) and `code` (what was typed); `nonce` names the scan, so that a repeated
    one gives the same answer."""

    qr: Annotated[str, Meta(min_length=1, max_length=500)] | None = None
    code: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    nonce: Annotated[str, Meta(min_length=1, max_length=64)] | None = None


class VerdictAnswer(Answer, frozen=True):
    """`words` is what to tell the visitor, in the asker's language; `variant` says more closely what is meant;
    `name` is masked; `opens` is when one who is early may come in, `since` when one who is in came."""

    verdict: Literal["admitted", "already_admitted", "early", "late", "wrong_day", "wrong_office", "cancelled", "moved",
                     "unknown", "forged"]
    words: str
    title: str
    variant: str | None = None
    number: str | None = None
    service: str | None = None
    start: Moment | None = None
    name: str | None = None
    party: int | None = None
    priority: str | None = None
    opens: Moment | None = None
    since: Moment | None = None
    office: str | None = None


class WalkInQuestion(Question, frozen=True):
    service: ServiceSlug
    party: Party = 1
    priority: Priority = None


class VisitAnswer(Answer, frozen=True):
    number: str
    service: str
    state: str
    since: Moment
    party: int
    priority: str | None = None


# -- the service itself ----------------------------------------------------------------------------------


class ReadyAnswer(Struct, frozen=True):
    """Each check by name: `ok`, or a word on what is wrong."""

    ready: bool
    checks: dict[str, str]


class LiveAnswer(Struct, frozen=True):
    alive: bool


class ProblemTypeAnswer(Struct, frozen=True):
    """What a problem's `type` leads to."""

    code: str
    status: int
    meaning: str
    title: dict[str, str]
    detail: dict[str, str]
