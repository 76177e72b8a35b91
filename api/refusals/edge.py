"""What goes wrong before or beside a decision: reading a request, knowing who asks, names, configuration."""

from typing import Final

WORDS: Final[dict[str, tuple[int, str, str]]] = {
    "malformed": (
        400,
        "The body cannot be read: send JSON in UTF-8, with Content-Type: application/json.",
        "Тело запроса не читается: нужен JSON в UTF-8 и Content-Type: application/json.",
    ),
    "unauthenticated": (
        401,
        "A token that holds is required: Authorization: Bearer glasno_…",
        "Нужен действующий ключ доступа: Authorization: Bearer glasno_…",
    ),
    "not_allowed": (403, "You may not do this.", "У вас нет права на это действие."),
    "not_found": (404, "There is nothing here.", "Здесь ничего нет."),
    "method_not_allowed": (405, "This address does not know that method.", "По этому адресу такой метод не действует."),
    "changed_meanwhile": (
        412,
        "It is at version {version} now: read it again and decide anew.",
        "Сейчас версия {version}: прочитайте заново и решите ещё раз.",
    ),
    "body_too_large": (413, "The body of the request is too large.", "Тело запроса слишком велико."),
    "invalid": (422, "See errors for what is wrong.", "Что именно неверно, указано в errors."),
    "cursor_invalid": (422, "The cursor is not one of ours.", "Курсор не выдан этой службой."),
    "told_as_of_now": (
        422,
        "This is told as of now alone: leave out at.",
        "Это известно только на текущий момент: уберите at.",
    ),
    "not_known_yet": (
        422,
        "{at} is yet to come: nobody knows what will be known then.",
        "{at} ещё не наступило: что будет известно тогда, пока не знает никто.",
    ),
    "position_unknown": (422, "The log has no position {position} yet.", "Позиции {position} в журнале ещё нет."),
    "idempotency_key_reused": (
        422,
        "This Idempotency-Key was sent with another request.",
        "Этот Idempotency-Key уже отправлен с другим запросом.",
    ),
    "too_many_requests": (
        429,
        "Try again in {retry_after} seconds.",
        "Повторите через {retry_after} с.",
    ),
    "failed": (500, "The desk could not do this; it was noted.", "Не удалось выполнить запрос; ошибка записана."),
    "busy": (
        503,
        "Others were faster each time: send it again.",
        "Другие каждый раз успевали раньше: повторите запрос.",
    ),
    "unavailable": (
        503,
        "The desk cannot get at its data just now. Send it again with the same Idempotency-Key: nothing is done twice.",
        "Данные службы сейчас недоступны. Повторите с тем же Idempotency-Key: дважды ничего не выполнится.",
    ),
    "storage_full": (
        503,
        "The disk of the desk is full: nothing was stored. Send it again later, with the same Idempotency-Key.",
        "На диске службы нет места: ничего не записано. Повторите позже с тем же Idempotency-Key.",
    ),
    "evidence_damaged": (
        503,
        "The evidence is damaged; all that was stored is there. Whoever runs the desk: glasno check names the files.",
        "Файлы доказательств повреждены; всё записанное на месте. Оператору службы: файлы назовёт glasno check.",
    ),
    "views_behind": (
        503,
        "The views do not include position {position} yet.",
        "Представления ещё не дошли до позиции {position}.",
    ),
    "name_taken": (409, "The name is taken.", "Имя занято."),
    "zone_is_fixed": (
        409,
        "The time zone stays {zone}: there are tickets.",
        "Часовой пояс {zone} не изменить: уже есть заявки.",
    ),
    "not_defined": (422, "{needed_by} needs {noun} {key}, which is not there.", "{needed_by}: нет {noun} {key}."),
    "amendment_undecided": (
        422,
        "Say whether open tickets move to the new hours: {calendars}.",
        "Укажите, переходят ли открытые заявки на новые часы: {calendars}.",
    ),
    "calendar_ended": (
        409,
        "Version {version} of calendar {calendar} ends at {ends}: extend it.",
        "Версия {version} календаря {calendar} кончается {ends}: продлите её.",
    ),
}
