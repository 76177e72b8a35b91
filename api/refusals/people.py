"""What is refused about people, organisations, addresses and tokens."""

from typing import Final

WORDS: Final[dict[str, tuple[int, str, str]]] = {
    "person_unknown": (422, "There is no such person.", "Такого человека нет."),
    "person_merged": (409, "The person is known as {into} now.", "Этот человек теперь известен как {into}."),
    "person_deactivated": (409, "The person has no access any more.", "Доступ этого человека закрыт."),
    "person_erased": (409, "The person was erased.", "Данные этого человека удалены."),
    "last_administrator": (
        409,
        "This is the last administrator: appoint another one first.",
        "Это последний администратор: сначала назначьте другого.",
    ),
    "number_invalid": (
        422,
        "A number of a registry has at most 64 letters, digits and signs, and no spaces.",
        "Номер обращения: не более 64 букв, цифр и знаков, без пробелов.",
    ),
    "erasure_unknown": (404, "There is no such erasure.", "Такого удаления нет."),
    "organisation_has_contract": (
        409,
        "The organisation has a contract in force: end it first.",
        "У организации действует договор: сначала прекратите его.",
    ),
    "requester_erased": (
        409,
        "Whoever asked was erased after the ticket was closed: open another one.",
        "Заявка закрыта, данные её заявителя удалены: откройте новую заявку.",
    ),
    "person_works_on_no_tickets": (
        422,
        "The person is no agent, lead or contractor.",
        "Этот человек не сотрудник поддержки, не руководитель и не подрядчик.",
    ),
    "person_merged_into_itself": (422, "That is the same person.", "Это тот же самый человек."),
    "person_is_no_contact_of_organisation": (
        422,
        "The person is no contact of the organisation.",
        "Этот человек не контактное лицо организации.",
    ),
    "name_empty": (422, "The name is empty.", "Имя пустое."),
    "address_invalid": (422, "That is no address of channel {channel}.", "Это не адрес для канала {channel}."),
    "organisation_not_registered": (422, "There is no such organisation.", "Такой организации нет."),
    "organisation_missing": (
        422,
        "Say for which organisation it is.",
        "Укажите, от какой организации заявка.",
    ),
    "right_and_organisation_do_not_match": (
        422,
        "{right} is granted either for one organisation or for none, never the other way.",
        "Право {right} даётся либо на одну организацию, либо без неё, и не наоборот.",
    ),
    "auditor_holds_no_other_role": (
        409,
        "An auditor holds no other role.",
        "Аудитор не может иметь другую роль.",
    ),
    "absence_is_over_already": (422, "The absence would be over already.", "Это отсутствие уже закончилось бы."),
    "absence_overlaps_another": (
        409,
        "The person is away in that time already.",
        "На это время отсутствие уже назначено.",
    ),
    "absence_unknown": (422, "There is no such absence.", "Такого отсутствия нет."),
    "deputy_is_absent_too": (409, "The deputy is away in that time.", "Заместитель в это время тоже отсутствует."),
    "deputy_is_the_absent_person": (
        422,
        "Nobody stands in for themselves.",
        "Нельзя замещать самого себя.",
    ),
    "token_unknown": (422, "There is no such token.", "Такого ключа доступа нет."),
    "token_was_shown": (
        409,
        "The token was issued and shown once; issue another one.",
        "Ключ доступа выдан и показан один раз; выдайте другой.",
    ),
    "token_without_scope": (422, "A token needs a scope.", "Ключу доступа нужно хотя бы одно право."),
    "token_expired_already": (422, "The token would be expired already.", "Срок ключа доступа уже истёк бы."),
    "page_link_unknown": (404, "There is no such link.", "Такой ссылки нет."),
    "page_link_expired_already": (422, "The link would be expired already.", "Срок ссылки уже истёк бы."),
    "page_link_too_long": (
        422,
        "A link expires within 366 days: at {latest} at the latest.",
        "Ссылка действует не дольше 366 дней: не позже {latest}.",
    ),
}
