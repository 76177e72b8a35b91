"""What is refused about alerts."""

from typing import Final

WORDS: Final[dict[str, tuple[int, str, str]]] = {
    "no_alerts": (
        400,
        "This is no payload of Alertmanager: a JSON object with a list `alerts`.",
        "Это не сообщение Alertmanager: нужен объект JSON со списком `alerts`.",
    ),
    "alert_unknown": (404, "There is no such alert.", "Такого предупреждения нет."),
    "alert_no_draft": (
        409,
        "The alert proposes no incident, or none any more: open one yourself if there is something to tell.",
        "Предупреждение не предлагает инцидента или решение уже принято: при необходимости объявите инцидент сами.",
    ),
}
