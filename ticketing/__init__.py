"""From the ticket to the counter.

What lives here
    codes.py      booking codes (Damm) and ticket tokens: made and told apart (pure)
    qr.py         the QR picture as PNG and SVG (pure)
    ticket.py     one booking with what its papers need (pure)
    slip.py       what stands on 80 mm paper, escpos.py the bytes a receipt printer takes for it (pure)
    pace.py       how fast a kiosk gives numbers (pure)
    document.py   the printable ticket (PDF) on sheet.py, calendar_entry.py beside it (iCalendar) (pure)
    words/        what this room says, in Indonesian and English
    tables.py     visits, queue numbers, scans; hall_tables.py counters, calls, screens; survey_tables.py the survey
    checkin.py    a scan or a walk-in -> verdict and queue number; checkin_at_once.py in one statement
    verdict.py    what the door answers, and how a clerk says it
    nonces.py     the same scan again -> the same answer; numbers.py gives `A-001`
    day_list.py   what a door needs to judge tickets without network; ranges.py the numbers it may give out then
    handing_in.py whom it let in then comes into the book; conflicts.py what a person must decide about them
    order.py      who is next (pure); estimates.py when each one's turn is expected (pure)
    calling.py    what counters do: call, recall, start, finish, absent, hold, transfer; undoing.py the last step back
    acts.py       what each of these is made of: the hall's lock, guarded changes; called.py one visit as it stands
    desks.py      who works at which counter; a silent one gives its person back
    stations.py   which counters are at work and whom each calls; service_times.py how long that takes, learnt
    hall.py       everybody in the hall and their turns; queue.py reads a visitor's place; soon.py whose turn comes soon
    board.py      what the hall sees (pure); notices.py what the office tells it; voice/ what it hears
    seats.py      who sits where, and what one counter may bring back or undo; ahead.py who waits for it in which order
    notes.py      a clerk's note for the next counter; clerk_day.py what one clerk did on a day
    statistics.py what was counted of the days of an office; tidy.py the same as one table
    figures.py    the sums that follow (pure); spread.py how long something took for many (pure)
    survey.py     what visitors think (SKM): invitations and answers; ikm.py its index and class (pure)
    report.py     the monthly report on one page (PDF), report_words.py its sentences (pure)

What may be imported
    ticketing imports only `scheduler`; it and `notifications` are strangers.
"""
