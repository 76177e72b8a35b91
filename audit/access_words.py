"""Why somebody could see a ticket and what they could do with it, in words: Russian and English."""

from collections.abc import Mapping
from typing import Final

from domain.access import Act, Ground
from projections.words import LANGUAGES

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "who": ("{ticket}: кто мог её видеть", "{ticket}: who could see it"),
    "could": (
        "Мог видеть, а не видел: чтение в журнал не записывается.",
        "Who could, not who did: reading leaves no entry in the log.",
    ),
    "beside": (
        "Кто имел доступ к серверу и ключам службы, мог прочесть всё.",
        "Whoever had the server and the keys of the desk could read everything.",
    ),
    "counted": (
        "Могли видеть: {seers} из {people} известных тогда людей.",
        "{seers} of the {people} people known then could see it.",
    ),
    "with_notes": ("С внутренними заметками. Могли: {acts}", "With internal notes. They could: {acts}"),
    "without_notes": ("Без внутренних заметок. Могли: {acts}", "Without internal notes. They could: {acts}"),
    "contact": ("контактное лицо", "contact"),
}
GROUNDS: Final[Mapping[Ground, tuple[str, str]]] = {
    Ground.AUDITOR: ("аудитор видит все заявки", "an auditor sees every ticket"),
    Ground.OWNER: ("ответственный", "owner"),
    Ground.DEPUTY: ("замещает ответственного: {owner}", "deputy of the owner, {owner}"),
    Ground.TEAM: ("группа: {team}", "team: {team}"),
    Ground.LINE: ("линия: {line}", "line: {line}"),
    Ground.SERVES_ORGANISATION: ("обслуживает организацию: {organisation}", "serves {organisation}"),
    Ground.REQUESTER: ("обратился с ней", "asked for it"),
    Ground.PARTICIPANT: ("обратился с её дубликатом", "asked for a duplicate of it"),
    Ground.SEES_ORGANISATION: ("видит все заявки организации: {organisation}", "sees all tickets of {organisation}"),
}
ACTS: Final[Mapping[Act, tuple[str, str]]] = {
    Act.WRITE: ("писать сообщения клиента", "write what the client says"),
    Act.ANSWER: ("отвечать", "answer"),
    Act.NOTE: ("делать заметки", "note"),
    Act.ACCEPT: ("принимать в работу", "accept"),
    Act.ASSIGN: ("назначать ответственного", "assign"),
    Act.HAND_OVER: ("передавать", "hand over"),
    Act.REPRIORITISE: ("менять приоритет", "reprioritise"),
    Act.RECLASSIFY: ("менять вид", "reclassify"),
    Act.CATEGORISE: ("менять категорию", "categorise"),
    Act.MOVE_TERMS: ("менять условия", "move to other terms"),
    Act.WAIT: ("ставить на ожидание", "wait"),
    Act.GO_ON: ("снимать с ожидания", "end a wait"),
    Act.RESOLVE: ("решать", "resolve"),
    Act.REFUSE: ("отказывать", "refuse"),
    Act.REOPEN: ("возвращать", "reopen"),
    Act.CLOSE_CONFIRM: ("подтверждать решение", "confirm the solution"),
    Act.CLOSE_WITHDRAW: ("отзывать", "withdraw"),
    Act.MERGE: ("объединять", "merge"),
    Act.LINK: ("связывать", "link"),
    Act.TIGHTEN: ("ужесточать срок", "tighten a deadline"),
    Act.EXCLUDE: ("исключать итог", "exclude a verdict"),
    Act.STATE_NEXT_ACT: ("называть следующий шаг", "state the next act"),
    Act.RATE: ("ставить оценку", "rate"),
    Act.READ_TRAIL: ("читать историю", "read the trail"),
}


def say(language: str, word: str, **facts: str | int) -> str:
    """A word or a sentence."""
    return _pick(WORDS[word], language).format(**facts)


def ground(value: Ground, language: str, **facts: str) -> str:
    """Why; `facts` are what the ticket has: `owner`, `team`, `line`, `organisation`."""
    return _pick(GROUNDS[value], language).format(**facts)


def act(value: Act, language: str) -> str:
    """What could be done."""
    return _pick(ACTS[value], language)


def _pick(pair: tuple[str, str], language: str) -> str:
    return pair[LANGUAGES.index(language)]
