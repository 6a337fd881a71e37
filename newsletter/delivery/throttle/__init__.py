"""Limits on sending that all worker processes share, on however many machines.

A limit has a key: `domain:gmail.com` (one for all names of a provider), `relay:HOST:PORT`, `warm-up`.
What was given out under it stands in the table `throttle`. A worker takes permits from there in small
blocks and keeps them in stock in its `Pacer`, which answers in about a microsecond whether a mail may
leave; where no limit is and nobody is on hold, that is a look into two dictionaries.

The sender's loop, with `waiting` a heap of (moment, mail):

    book = Book(settings.domain_limits, relays, settings.warm_up)
    pacer = Pacer(book, worker, now)
    while True:
        if pacer.due(now):                        # a few times a second at most
            wishes = pacer.wishes(now)
            with db.write() as session:           # short, and of its own: rows stay locked until its end
                answer = exchange(session, wishes, now)
            pacer.receive(answer, now)            # only when it was committed
        for mail in claimed_or_whose_moment_has_come:
            at = pacer.admit(mail.domain, now)    # once a turn of the loop for each mail
            if at is None:
                offer(mail)
            elif at - now <= HORIZON:
                heappush(waiting, (at, mail))     # `at` may be `now`: the next exchange brings permits
            else:
                put_back(mail, next_attempt_at=pacer.turn(mail.domain, now))
        for mail, result in ended:
            pacer.settle(mail.domain, now, taken=result.accepted)
            if result.asks_to_slow_down:
                pacer.slow_down(now, result.reply, domain=mail.domain)
    exchange(session, pacer.wishes(now, leaving=True), now)

Where a transaction fails, `receive` is not called, and the same is wished for again. Turns are spread
over the time a line will take, so that a mail is claimed about twice however many wait before it. Mail
that waits in hand must not keep the sender from claiming more: of each limit no more than the horizon's
worth is ever in hand, and the others' mail is to go on.

A relay's limits are asked with `relay=` in the same calls, or apart from the domain's (domain empty)
where the relay is chosen later; `connect` and `disconnect` count connections to it.

What holds: under a rate, over any time T all workers together send no more than rate x (T + 2 s) + 1
mails; in any 60 minutes, any 24 hours and on any day of the warm-up never more than the limit, notices
apart. Clocks that differ by some seconds lengthen T by as much, and no more; one that jumps back by up
to five minutes changes nothing. After a longer jump a limit may be used a second time, rather than all
mail stand still until the old time has come again.
"""

from newsletter.delivery.throttle.book import Book, domain_key, relay_key
from newsletter.delivery.throttle.exchange import Answer, Wishes, exchange
from newsletter.delivery.throttle.lane import HORIZON
from newsletter.delivery.throttle.pacer import Pacer
from newsletter.delivery.throttle.standing import Standing, standing

__all__ = [
    "HORIZON",
    "Answer",
    "Book",
    "Pacer",
    "Standing",
    "Wishes",
    "domain_key",
    "exchange",
    "relay_key",
    "standing",
]
