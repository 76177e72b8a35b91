"""What the public page costs, measured on this machine: `make bench`, or `python -m tests.bench [FIGURE...]`.

- `page`: requests a second and p99 at 64 connections, beside a bare ASGI application that sends the same bytes on the
  same server, and on another one; asked for in full, and by whoever has it already (304).
- `lag`: from an event to the page that shows it, while others look at the page.
- `history`: what `/` and `/?at=` cost as the history grows, beside a plain SELECT in the same database.
- `verify`: what a stranger pays to verify a long history, figures and all: processor time, and memory as it grows.
- `evidence`: what the log's tree costs beside bare hashes; proofs, sealing, opening and signing, by the piece.
- `rebuild`: what building the views anew costs an event, beside reading the same rows and decoding them; its memory.
- `memory`: what the embedded desk takes of the machine's, at rest and after a long history.
- `visible`: from an event to the public JSON, over PostgreSQL, while 32 clients open tickets.
- `queue`: pages of the queue over HTTP as it grows, beside one indexed SELECT.
- `ticket`: the full view of a ticket with 500 events, beside one SELECT of the rows.
- `scrape`: the processor time of a look of Prometheus, on a large desk, as its history grows.

Absolute figures drift with the machine and with what else it does; only ratios within one run count. Therefore both
sides take turns, A B A B, and a ratio is told as its median with its range. `docs/benchmarks.md` tells how to read it.
"""
