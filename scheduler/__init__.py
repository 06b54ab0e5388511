"""The office's book: time, capacity, bookings and the timetable of jobs.

What lives here
    foundation/   settings, clock, transactions, journal, refusals, sealing of personal data
    tables.py     offices, days, slots, bookings
    people.py     NIK, phone and name: checked and normalised
    offices.py    what an office is, and the registry each process reads it from
    calendar.py   opening hours -> the starts of a day (pure)
    capacity.py   how many places a day releases, and why (pure)
    bookings.py   book, read, move, cancel
    jobs.py       what the timetable does; timetable.py says when

What may be imported
    scheduler imports no other room. It knows neither HTTP nor SMS: it answers with values and
    refuses with `Refusal(code, details)`; words and status codes belong to the doors in `api`.
    Rooms never commit: they work on the connection they are handed and take `now` as a value.
"""
