"""Events in words, Russian and English: the sentence of the event's shape, with its values put into words too."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from string import Formatter
from typing import Any, Final, get_args, get_type_hints
from zoneinfo import ZoneInfo

from domain.alert import AlertAction
from domain.classification import Complexity, Impact, Kind, Priority, Urgency
from domain.clock import Exclusion, Outcome
from domain.component import ComponentStatus, Through
from domain.configuration.component import AlertIncidents
from domain.configuration.contract import Consent
from domain.configuration.level import OpenTickets
from domain.configuration.reason import Occasion
from domain.desk import Ending
from domain.erasure import ErasedKind, Ground
from domain.event import Id, shape_of
from domain.incident import IncidentImpact, IncidentStatus
from domain.instant import Instant
from domain.maintenance import WorksStatus
from domain.opening_hours import EPOCH
from domain.person.state import Right
from domain.policy import Action, Clock
from domain.subscription import Proof, SubscriptionChannel, SubscriptionEnd
from domain.ticket.assignment import Because
from domain.ticket.classing import Move
from domain.ticket.opening import Publicity
from domain.ticket.outcome import Closing, Objection
from domain.ticket.state import DESK, Stage, WaitFor
from domain.token import TokenScope

LANGUAGES: Final = ("ru", "en")

NOBODY: Final = {"ru": "система", "en": "the desk"}
"""Who acts when time alone acts."""

NOTHING: Final = {"ru": "нет", "en": "none"}

UNKNOWN: Final = {"ru": "неизвестно", "en": "unknown"}
"""A status that is none."""

INSTANTS: Final = frozenset(
    {"at", "until", "due", "beat", "since", "start", "end", "ended", "expires_at", "span_start", "span_end"}
    | {"excused_from", "excused_until"}
)
"""The fields that hold an instant; other integers are numbers."""

PEOPLE: Final = frozenset({"by", "owner", "requester", "deputy", "person", "taken_down_by", "participants"})

WORDS: Final[Mapping[type[StrEnum], Mapping[str, tuple[str, str]]]] = {
    Kind: {
        "incident": ("инцидент", "incident"),
        "request": ("запрос на обслуживание", "request"),
        "question": ("вопрос", "question"),
    },
    Priority: {
        "critical": ("критический", "critical"),
        "high": ("высокий", "high"),
        "normal": ("обычный", "normal"),
        "low": ("низкий", "low"),
    },
    Impact: {"high": ("большое", "high"), "medium": ("среднее", "medium"), "low": ("малое", "low")},
    Urgency: {"high": ("высокая", "high"), "medium": ("средняя", "medium"), "low": ("низкая", "low")},
    Complexity: {"standard": ("стандартная", "standard"), "complex": ("высокая", "complex")},
    Publicity: {"published": ("публикуется", "published"), "opaque": ("не публикуется", "opaque")},
    Because: {
        "chosen": ("назначен", "chosen"),
        "absence": ("отсутствие ответственного", "the owner is away"),
        "escalation": ("эскалация", "escalation"),
    },
    Move: {
        "contract": ("другой договор", "another contract"),
        "amendment": ("новая версия уровня", "a new version of the level"),
        "correction": ("исправление ошибки при открытии", "opened under the wrong terms"),
    },
    WaitFor: {"client": ("клиент", "client"), "vendor": ("поставщик", "vendor"), "date": ("дата", "date")},
    Closing: {
        "confirmed": ("клиент подтвердил решение", "the client confirmed the solution"),
        "silence": ("клиент не возразил в срок", "the client did not object in time"),
        "withdrawn": ("клиент отозвал заявку", "the client withdrew it"),
        "spam": ("спам", "spam"),
    },
    Objection: {
        "returned": ("клиент вернул заявку", "the client returned it"),
        "corrected": ("исправление своей ошибки", "an own mistake was corrected"),
    },
    Right: {
        "agent": ("сотрудник поддержки", "agent"),
        "lead": ("руководитель группы", "lead"),
        "contractor": ("подрядчик", "contractor"),
        "auditor": ("аудитор", "auditor"),
        "administrator": ("администратор", "administrator"),
        "sees_organisation": ("видит все заявки организации", "to see all tickets of the organisation"),
        "serves_organisation": ("обслуживает организацию", "to serve the organisation"),
    },
    TokenScope: {
        "tickets:read": ("чтение заявок", "reading tickets"),
        "tickets:write": ("работа с заявками", "working on tickets"),
        "components:write": ("состояние компонентов", "component status"),
        "configuration:write": ("настройки", "configuration"),
        "people:write": ("люди и права", "people and rights"),
        "alerts:write": ("передача предупреждений", "handing over alerts"),
        "audit:read": ("аудит", "audit"),
    },
    Stage: {
        "none": ("нет", "none"),
        "opened": ("открыта", "opened"),
        "accepted": ("в работе", "accepted"),
        "waiting": ("ожидание", "waiting"),
        "resolved": ("решена", "resolved"),
        "refused": ("мотивированный отказ", "refused"),
        "closed": ("закрыта", "closed"),
        "merged": ("объединена", "merged"),
    },
    Clock: {
        "reaction": ("реакция", "reaction"),
        "first_response": ("первый ответ", "first response"),
        "next_response": ("следующий ответ", "next response"),
        "update": ("обновление", "update"),
        "resolution": ("срок решения", "resolution"),
    },
    Outcome: {
        "met": ("в срок", "met"),
        "breached": ("нарушение срока", "breached"),
        "refused": ("мотивированный отказ", "refused"),
    },
    Exclusion: {
        "merged": ("заявка объединена", "merged"),
        "spam": ("спам", "spam"),
        "clock_error": ("ошибка часов", "clock error"),
        "agreed_with_client": ("согласовано с клиентом", "agreed with the client"),
    },
    Action: {
        "notify": ("уведомить", "notify"),
        "transfer": ("передать", "transfer to"),
        "raise_priority": ("повысить приоритет", "raise the priority"),
    },
    Ending: {
        "loss": ("подписанные записи утрачены", "entries that were signed are lost"),
        "key_compromised": ("ключ мог попасть в чужие руки", "others may have its key"),
        "key_lost": ("ключ утрачен", "its key is lost"),
    },
    Consent: {"given": ("дано", "given"), "not_given": ("не дано", "not given")},
    Occasion: {"hand_over": ("передача", "hand-over"), "refusal": ("отказ", "refusal")},
    OpenTickets: {"move": ("переходят", "move"), "stay": ("остаются", "stay")},
    ComponentStatus: {
        "operational": ("работает", "operational"),
        "degraded": ("снижение производительности", "degraded"),
        "partial_outage": ("частичный сбой", "partial outage"),
        "major_outage": ("серьёзный сбой", "major outage"),
        "under_maintenance": ("плановые работы", "under maintenance"),
    },
    Through: {
        "person": ("сотрудник", "person"),
        "probe": ("автоматическая проверка", "probe"),
        "alert": ("оповещение", "alert"),
        "import": ("импорт", "import"),
    },
    AlertAction: {
        "incident": ("инцидент", "an incident"),
        "draft": ("предложен инцидент", "an incident is proposed"),
        "ticket": ("заявка", "a ticket"),
        "note": ("заметка в заявках", "a note on tickets"),
        "notify": ("сообщение сотрудникам", "the staff is told"),
        "ignore": ("без действий", "nothing is done"),
    },
    AlertIncidents: {"draft": ("предлагаются", "are proposed"), "publish": ("объявляются сразу", "are announced")},
    IncidentStatus: {
        "investigating": ("выясняется причина", "investigating"),
        "identified": ("причина установлена", "identified"),
        "monitoring": ("наблюдение после исправления", "monitoring"),
        "resolved": ("устранён", "resolved"),
        "postmortem": ("опубликован разбор", "postmortem"),
    },
    IncidentImpact: {
        "none": ("без влияния на работу", "none"),
        "minor": ("незначительное влияние", "minor"),
        "major": ("серьёзное влияние", "major"),
        "critical": ("критическое влияние", "critical"),
    },
    WorksStatus: {
        "scheduled": ("запланированы", "scheduled"),
        "in_progress": ("идут", "in progress"),
        "verifying": ("проверяется результат", "verifying"),
        "completed": ("завершены", "completed"),
        "cancelled": ("отменены", "cancelled"),
    },
    Ground: {
        "consent_withdrawn": ("отзыв согласия", "consent was withdrawn"),
        "purpose_reached": ("цель обработки достигнута", "the purpose was reached"),
        "unlawful": ("неправомерная обработка", "unlawful processing"),
        "request_of_subject": ("требование субъекта", "the subject's request"),
        "retention": ("истёк срок хранения", "the retention period ended"),
    },
    ErasedKind: {
        "person": ("человек", "person"),
        "organisation": ("организация", "organisation"),
        "announcement": ("объявление", "announcement"),
        "alert": ("предупреждение мониторинга", "alert"),
        "tickets": ("тексты закрытых заявок", "texts of closed tickets"),
    },
    SubscriptionChannel: {"email": ("эл. почта", "e-mail"), "webhook": ("вебхук", "webhook")},
    Proof: {
        "link": ("по ссылке из письма", "by the link that was sent"),
        "challenge": ("адрес ответил на проверку", "the address answered the challenge"),
        "staff": ("сотрудником", "by the staff"),
    },
    SubscriptionEnd: {
        "unsubscribed": ("отписка", "on request"),
        "replaced": ("адрес подписан заново", "the address was subscribed anew"),
        "never_confirmed": ("не подтверждена в срок", "not confirmed in time"),
        "unreachable": ("адрес не отвечает", "the address cannot be reached"),
        "removed": ("удалена сотрудником", "removed by the staff"),
    },
}
"""Each value in Russian and English."""


@dataclass(frozen=True)
class Telling:
    """To whom it is told."""

    language: str
    """`ru` or `en`."""
    zone: str
    """IANA name: instants are told in it."""
    names: Callable[[Id], str]
    """What a person, as far as not erased, is called."""


def sentence(event_class: type, values: Mapping[str, Any], telling: Telling) -> str:
    """What happened, in words; `values` are the stored fields."""
    words, types = shape_of(event_class).words[telling.language], _types(event_class)
    named = _named(event_class, telling.language)
    return words.format_map({name: _told(name, types[name], values.get(name), telling) for name in named})


def people_in(event_class: type, values: Mapping[str, Any], language: str) -> Iterator[Id]:
    """Whose names the sentence asks for."""
    types = _types(event_class)
    for name in PEOPLE & _named(event_class, language):
        said = values.get(name) if types[name] is None else None
        yield from (each for each in (said if isinstance(said, list | tuple) else [said]) if each not in (None, DESK))


def word(value: StrEnum, language: str) -> str:
    """A value in words; one that has none is a `KeyError`."""
    return WORDS[type(value)][value.value][LANGUAGES.index(language)]


def instant(at: Instant, language: str, zone: str) -> str:
    """An instant to the second, with the zone's offset: `21.11.2026 10:00:00 +03:00`, `2026-11-21 10:00:00 +03:00`."""
    moment = (EPOCH + timedelta(milliseconds=at)).astimezone(ZoneInfo(zone))
    day = f"{moment:%d.%m.%Y}" if language == "ru" else f"{moment:%Y-%m-%d}"
    return f"{day} {moment:%H:%M:%S} {moment.isoformat()[-6:]}"


def _told(name: str, enum: type[StrEnum] | None, value: Any, telling: Telling) -> str:
    if (name, value) == ("by", None) or (name in PEOPLE and value == DESK):
        return NOBODY[telling.language]
    if value is None or value in ([], ()):
        return (UNKNOWN if enum is ComponentStatus else NOTHING)[telling.language]
    if isinstance(value, list | tuple):
        return ", ".join(_told(name, enum, each, telling) for each in value)
    if enum is not None:
        return word(enum(value), telling.language)
    if name in INSTANTS:
        return instant(value, telling.language, telling.zone)
    return telling.names(value) if name in PEOPLE else str(value)


@cache
def _named(event_class: type, language: str) -> frozenset[str]:
    """The fields that the sentence names."""
    words = shape_of(event_class).words[language]
    return frozenset(name for _, name, _, _ in Formatter().parse(words) if name)


@cache
def _types(event_class: type) -> Mapping[str, type[StrEnum] | None]:
    """Each field, with its enumeration if it has one."""
    return {name: next(_enums(hint), None) for name, hint in get_type_hints(event_class).items() if name != "SHAPE"}


def _enums(hint: Any) -> Iterator[type[StrEnum]]:
    for each in get_args(hint):
        yield from _enums(each)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        yield hint
