"""What is refused to subscribers, and to those who want to be."""

from typing import Final

WORDS: Final[dict[str, tuple[int, str, str]]] = {
    "subscription_unknown": (404, "There is no such subscription.", "Такой подписки нет."),
    "subscription_ended": (
        410,
        "This subscription has ended. Subscribe anew to be told again.",
        "Эта подписка прекращена. Чтобы снова получать объявления, подпишитесь заново.",
    ),
    "webhook_address_invalid": (
        422,
        "That is no address of a webhook: write https://HOST/PATH, in ASCII and without a password.",
        "Это не адрес вебхука: нужен https://ХОСТ/ПУТЬ, латиницей и без пароля.",
    ),
    "mail_not_offered": (
        422,
        "Announcements are not sent by e-mail here, only to webhooks.",
        "По электронной почте объявления здесь не рассылаются, только на вебхуки.",
    ),
    "incidents_not_offered": (
        422,
        "Nobody is told of one incident alone: subscribe to components, or to everything.",
        "Подписаться на один инцидент нельзя: подпишитесь на компоненты или на всё.",
    ),
    "action_unknown": (422, "Nothing of that name can be done here.", "Такого действия здесь нет."),
    "webhook_confirms_itself": (
        422,
        "A webhook confirms by its answer to what is sent there.",
        "Вебхук подтверждает подписку своим ответом на присланный запрос.",
    ),
    "components_too_many": (
        422,
        "At most {most} components; without any it is about everything.",
        "Не больше {most} компонентов; без них подписка будет на всё.",
    ),
    "subscriptions_full": (
        503,
        "Too many requests wait for their confirmation. Try again in {retry_after} seconds.",
        "Слишком много запросов ждут подтверждения. Повторите через {retry_after} с.",
    ),
}
