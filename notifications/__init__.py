"""Telling people, surely and once.

What lives here
    tables.py     the outbox and the vendor's delivery reports
    letters.py    the one list of which journal entry becomes which message to whom
    reminders.py  which bookings are due a reminder, and which kind
    windows.py    when a reminder may leave, and until when it is worth sending (pure)
    of_bookings.py, of_waiting.py, of_visits.py  what it says: of a booking and of what a closure did to it; of the
                  waiting list; of a visit that is over
    reached.py    whether the word of an offer got out to who stands in line
    compose.py    from a row to a message; by_email.py the same by e-mail as well
    wording/      the sentences, Indonesian and English, and the GSM-7 alphabet (pure)
    outbox.py     messages waiting to go, under a unique key
    opt_outs.py   phones that want no messages but answers to what they ask
    delivery.py   claim, commit, send, mark: the only place that commits around a network call
    claims.py     whose a message is: taking, marking, giving back
    judging.py    what is to become of a message whose turn has come: it goes, waits, is dropped or has failed
    spending.py   what an office spent on SMS today, and whether one more fits into its limit
    rounds.py     what becomes of a message after a try: the next carrier, later, never (pure)
    carriers.py   the carriers of this process: their order, which are left alone, what they bill
    breaker.py    when a carrier that fails again and again is left alone (pure)
    reports.py    what carriers say later: delivered, or not
    collecting.py what carriers that call nobody back keep for us to fetch
    trouble.py    what did not arrive, and about which someone should call
    ledger.py     what was sent, what it cost, how the ways fare
    shows.py      how many come of those who said so, who were reminded, who were not
    gateways/     who carries a message: one file for each carrier

What may be imported
    notifications imports only `scheduler`; it and `ticketing` are strangers. The vendor's client is
    imported in its own adapter only.
"""
