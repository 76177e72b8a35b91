"""What is refused about tickets."""

from typing import Final

WORDS: Final[dict[str, tuple[int, str, str]]] = {
    "ticket_unknown": (404, "There is nothing here.", "Здесь ничего нет."),
    "ticket_closed": (409, "Ticket {reference} is closed.", "Заявка {reference} закрыта."),
    "ticket_merged": (
        409,
        "Ticket {reference} is part of another one; go on there.",
        "Заявка {reference} объединена с другой; продолжайте там.",
    ),
    "texts_expired": (
        409,
        "The texts of ticket {reference} were deleted, as it was closed long ago: open a new ticket.",
        "Тексты заявки {reference} удалены по истечении срока хранения: откройте новую заявку.",
    ),
    "ticket_in_use": (
        409,
        "Ticket {reference} was not closed long enough ago.",
        "Заявка {reference} закрыта недостаточно давно.",
    ),
    "ticket_not_open": (
        409,
        "The work on ticket {reference} is done: reopen it first.",
        "Работа по заявке {reference} окончена: сначала откройте её снова.",
    ),
    "ticket_not_ended": (
        409,
        "Ticket {reference} can be rated once its work is done.",
        "Заявку {reference} можно оценить, когда работа окончена.",
    ),
    "text_missing": (422, "{field}: there are no words.", "{field}: нет текста."),
    "client_does_not_wait": (
        422,
        "Only an answer of the staff can be followed by a wait.",
        "Ожидание возможно только после ответа сотрудника.",
    ),
    "agreement_unknown": (
        422,
        "The client itself sent no message {message} on this ticket.",
        "Сам клиент не отправлял сообщения {message} в этой заявке.",
    ),
    "agreement_missing": (
        422,
        "Name the client's message that agreed to it.",
        "Укажите сообщение клиента с согласием.",
    ),
    "already_accepted": (409, "Somebody else has taken it.", "Заявку уже взял другой сотрудник."),
    "not_in_team": (
        409,
        "The ticket lies with team {team}, which you are not in.",
        "Заявка у группы {team}, вы в неё не входите.",
    ),
    "hand_over_needed": (
        409,
        "Team {team} is not of line {line}: hand it over, with a reason.",
        "Группа {team} не с линии {line}: нужна передача с указанием причины.",
    ),
    "owner_of_another_line": (
        422,
        "That person is in no team of line {line} and does not serve the organisation.",
        "Этот сотрудник не входит в группы линии {line} и не обслуживает организацию.",
    ),
    "reason_unknown": (
        422,
        "{reason} is no reason for a hand-over; these are: {known}.",
        "Причины передачи {reason} нет; есть такие: {known}.",
    ),
    "cause_unknown": (
        422,
        "{cause} is no cause for a refusal; these are: {known}.",
        "Причины отказа {cause} нет; есть такие: {known}.",
    ),
    "team_unknown": (422, "There is no team {team}; there are: {known}.", "Группы {team} нет; есть такие: {known}."),
    "team_missing": (422, "Say which team it goes to.", "Укажите группу."),
    "category_unknown": (422, "There is no category {category}.", "Категории {category} нет."),
    "level_withdrawn": (
        422,
        "Service level {level} is not in force.",
        "Уровень обслуживания {level} не действует.",
    ),
    "level_not_published": (
        409,
        "The ticket counts in public, service level {level} does not: it would tell of a single client.",
        "Заявка учитывается публично, а уровень обслуживания {level} нет: это раскрыло бы данные одного клиента.",
    ),
    "terms_unknown": (
        422,
        "There is no version {policy} of service level {level}.",
        "Версии {policy} уровня обслуживания {level} нет.",
    ),
    "wait_in_the_past": (422, "{until} is past.", "{until} уже прошло."),
    "wait_too_long": (422, "A wait lasts {days} days at the most.", "Ожидание может длиться не более {days} дней."),
    "next_act_in_the_past": (422, "{due} is past.", "{due} уже прошло."),
    "next_act_too_far": (
        422,
        "What happens next may be stated {days} days ahead at the most.",
        "Следующий шаг можно назначить не дальше чем на {days} дней вперёд.",
    ),
    "deadline_in_the_past": (422, "{due} is past.", "{due} уже прошло."),
    "deadline_missing": (409, "{clock} runs towards no deadline.", "У «{clock}» сейчас нет срока."),
    "deadline_not_loosened": (
        409,
        "{clock} is due at {due}: a deadline by hand may only be earlier.",
        "Срок «{clock}»: {due}; вручную его можно только приблизить.",
    ),
    "verdict_unknown": (404, "{clock} #{instance} has no verdict.", "Итога «{clock}» №{instance} нет."),
    "reopening_words_are_the_clients": (
        422,
        "Reopen it without words; then write what the client said as a message, or leave a note.",
        "Откройте заявку снова без текста; слова клиента запишите сообщением, свои — внутренней заметкой.",
    ),
    "nothing_to_confirm": (
        409,
        "Ticket {reference} is not solved yet.",
        "Заявка {reference} ещё не решена.",
    ),
    "client_may_object": (
        409,
        "The client may still object to ticket {reference}.",
        "Клиент ещё может возразить по заявке {reference}.",
    ),
    "rating_missing": (422, "Give a rating on either scale.", "Поставьте оценку хотя бы по одной шкале."),
    "csat_out_of_range": (422, "CSAT is from 1 to 5.", "CSAT: от 1 до 5."),
    "nps_out_of_range": (422, "NPS is from 0 to 10.", "NPS: от 0 до 10."),
    "merge_into_itself": (
        422,
        "Ticket {reference} is no duplicate of itself.",
        "Заявка {reference} не может быть дубликатом самой себя.",
    ),
    "merge_across_organisations": (
        409,
        "Ticket {reference} and the other are of two organisations.",
        "Заявка {reference} и другая принадлежат разным организациям.",
    ),
    "link_to_itself": (
        422,
        "Ticket {reference} has nothing to do with itself.",
        "Заявку {reference} нельзя связать с самой собой.",
    ),
    "notice_not_given_up": (
        409,
        "Notice {notice} of ticket {reference} was not given up.",
        "Уведомление {notice} заявки {reference} не снималось с отправки.",
    ),
}
