"""From the ticket to the counter.

What lives here
    codes.py      booking codes (Damm) and ticket tokens: made and told apart (pure)
    qr.py         the QR picture as PNG and SVG (pure)
    document.py   the printable ticket (PDF) and the calendar entry (iCalendar) (pure)
    tables.py     visits, queue numbers, scans
    checkin.py    a scan or a walk-in -> verdict and queue number

What may be imported
    ticketing imports only `scheduler`; it and `notifications` are strangers.
"""
