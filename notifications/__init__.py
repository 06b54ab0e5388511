"""Telling people, surely and once.

What lives here
    tables.py     the outbox and the vendor's delivery reports
    letters.py    the one list of which journal entry becomes which message to whom
    reminders.py  which bookings are due a reminder, and which kind
    windows.py    when a reminder may leave, and until when it is worth sending (pure)
    compose.py    from a booking's row to a message; by_email.py the same by e-mail as well
    wording/      the sentences, Indonesian and English, and the GSM-7 alphabet (pure)
    outbox.py     messages waiting to go, under a unique key
    claims.py     whose a message is: taking, marking, giving back
    delivery.py   claim, commit, send, mark: the only place that commits around a network call
    opt_outs.py   phones that want no messages but answers
    reports.py    what the vendor says later: delivered, or not
    gateways/     who carries a message: a vendor, any carrier by HTTP, a GSM modem, a mail server, the console

What may be imported
    notifications imports only `scheduler`; it and `ticketing` are strangers. The vendor's client is
    imported in its own adapter only.
"""
