"""What is refused about components, incidents and planned works."""

from typing import Final

WORDS: Final[dict[str, tuple[int, str, str]]] = {
    "component_unknown": (404, "There is no component {component}.", "Компонента {component} нет."),
    "component_not_probed": (
        409,
        "No probe has said anything of {component}: set its status instead.",
        "Пробы ещё ничего не сообщили о компоненте {component}: задайте его состояние сами.",
    ),
    "person_required": (
        422,
        "Say which person gives reasons for the status of {component}.",
        "Укажите, кто объясняет состояние {component}.",
    ),
    "language_unknown": (
        422,
        "Nothing is announced in language {language}; these are known: {known}.",
        "Объявлений на языке {language} нет; известны: {known}.",
    ),
    "update_unknown": (404, "There is no such update: {update}.", "Такого сообщения нет: {update}."),
    "update_too_early": (
        422,
        "The last update is of {last}: a later one cannot tell of a time before it.",
        "Последнее сообщение относится к {last}: следующее не может относиться к более раннему времени.",
    ),
    "incident_unknown": (404, "There is no such incident.", "Такого инцидента нет."),
    "incident_over": (
        409,
        "The incident is over ({status}): only a postmortem may follow its resolution. Announce another one.",
        "Инцидент окончен ({status}): после устранения можно опубликовать только разбор. Объявите новый инцидент.",
    ),
    "over_but_affected": (
        422,
        "An incident that is over ({status}) leaves every component operational.",
        "Когда инцидент окончен ({status}), все компоненты должны работать.",
    ),
    "template_unknown": (
        422,
        "There is no template {template}; there are: {known}.",
        "Шаблона {template} нет; есть такие: {known}.",
    ),
    "at_before_the_desk": (
        422,
        "The earliest time to tell of is {earliest}, a year before the desk: what was before is imported.",
        "Сообщить можно о времени не раньше {earliest}, за год до основания службы: остальное переносится импортом.",
    ),
    "at_ahead": (422, "Nobody can tell yet of a time to come.", "О будущем времени сообщить ещё нельзя."),
    "month_ahead": (422, "{month} has not begun yet.", "{month} ещё не наступил."),
    "works_unknown": (404, "There are no such works.", "Таких плановых работ нет."),
    "works_not_scheduled": (
        422,
        "Works are announced as scheduled first; that they are {wanted} is told after that.",
        "Сначала объявите работы запланированными (scheduled), затем переводите их в {wanted}.",
    ),
    "works_not_so_far": (
        409,
        "Works that are {status} cannot be {wanted} next.",
        "Работы из состояния {status} нельзя перевести в {wanted}.",
    ),
    "works_over": (409, "The works are over ({status}).", "Плановые работы окончены ({status})."),
    "works_under_way": (
        409,
        "The works began at {start}: only their end can still be moved.",
        "Работы начались {start}: перенести можно только их окончание.",
    ),
    "works_overlap": (
        409,
        "Other works are planned on {component} from {start} to {end}.",
        "На {component} уже запланированы другие работы: с {start} по {end}.",
    ),
    "works_too_short": (
        422,
        "From {start} to {end}: works end after they begin, and not in the past.",
        "С {start} по {end}: работы заканчиваются позже, чем начинаются, и не в прошлом.",
    ),
    "works_too_late": (
        422,
        "{start} is past: planned works are announced before they begin.",
        "{start} уже прошло: плановые работы объявляют до их начала.",
    ),
    "components_missing": (422, "Say on which components the works are.", "Укажите, на каких компонентах работы."),
}
