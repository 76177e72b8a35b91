"""What stands in the README files of a bundle."""

from collections.abc import Mapping
from typing import Final

ENGLISH: Final = """\
# Your tickets, with proofs

Everything that happens at this service desk is an entry of an append-only log, `{origin}`. This bundle holds the
entries of your own tickets, as you may read them, and of nobody else's. Of each event there are three files:

- `N.entry`: what was logged, byte for byte. Others see no more of it than this: your words are digests there.
- `N.disclosures`: what these digests stand for, one a line (RFC 9901: base64url of `[salt, name, value]`). The SHA-256
  of a line is the digest in the entry. What was lawfully erased is missing here, and its digest stays.
- `N.tlog-proof`: that the entry stands in the log under a signed checkpoint (C2SP tlog-proof).

## Verify

`glasno audit verify BUNDLE.zip --key KEY`, or with the verifier as one file: `python3 verify.pyz BUNDLE.zip --key KEY`.
It needs neither this desk nor a network. KEY is the verifier key of the log, `{key}`: compare it with the one that you
were given by another way. A receipt that you were given when you wrote goes with `--receipt FILE`.

## What this proves, and what not

Proved: that these events were logged as they stand here, in this order, and are under the signed checkpoint. Events of
a published service level are counted: none of them is missing before the last one shown.

Not proved: that nothing else was logged of tickets of other levels, or after the last event shown; your receipts show
what was kept out. Internal notes of the staff and hand-overs between its lines are not in the bundle. An opening says
to which line and team your ticket went first, and by which rule: one digest covers that and its reference.
"""

RUSSIAN: Final = """\
# Ваши заявки с доказательствами

Всё, что происходит в этой службе поддержки, — записи журнала `{origin}`: в него можно только дописывать. Здесь собраны
записи по вашим заявкам в том виде, в котором вы вправе их читать, и ни одной чужой. О каждом событии — три файла:

- `N.entry`: что записано в журнал, байт в байт. Другие видят только это: вместо ваших слов там хеш-суммы.
- `N.disclosures`: что стоит за этими хеш-суммами, по одной строке (RFC 9901: base64url от `[соль, имя, значение]`).
  SHA-256 строки и есть хеш-сумма в записи. Законно удалённого здесь нет, а его хеш-сумма остаётся.
- `N.tlog-proof`: что запись стоит в журнале под подписанной контрольной точкой (C2SP tlog-proof).

## Проверка

`glasno audit verify BUNDLE.zip --key KEY` или программой из одного файла: `python3 verify.pyz BUNDLE.zip --key KEY`.
Не нужны ни эта служба, ни сеть. KEY — ключ проверки журнала, `{key}`: сравните его с тем, который вам сообщили другим
путём. Квитанцию, полученную в ответ на обращение, проверит `--receipt ФАЙЛ`.

## Что доказано и что нет

Доказано: эти события записаны именно так, в этом порядке, и стоят под подписанной контрольной точкой. События
опубликованных уровней обслуживания пронумерованы: до последнего показанного ни одно не пропущено.

Не доказано: что по заявкам других уровней или после последнего показанного события не записано ничего ещё; пропажу
покажут ваши квитанции. Внутренние заметки сотрудников и передачи между линиями в набор не входят. В событии открытия
названы линия и группа, куда заявка попала сначала, и правило маршрутизации: у них и у её номера одна хеш-сумма.
"""

README: Final[Mapping[str, str]] = {"README.md": ENGLISH, "README.ru.md": RUSSIAN}
