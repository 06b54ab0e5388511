"""The office's book: time, capacity, bookings and the timetable of jobs.

What lives here
    foundation/           settings, clock, transactions, journal, refusals, sealing of personal data
    tables.py             offices, days, slots, bookings
    keeping_tables.py     what was learnt, overrides, closures, the waiting list with its offers
    people.py             NIK, phone and name: checked and normalised (pure)

    office_file.py        an office from a TOML file: checked whole, then written whole
    toml_sections.py      a section read strictly, every problem with its line; toml_lines.py finds the lines (pure)
    office_sections.py    what each section means; office_services.py services and counters (pure)
    public_holidays.py    holidays and cuti bersama of the years ahead (pure)
    office_rows.py        an office's rows, touched only where they differ
    offices.py            what an office is, and the registry each process reads it from; rules.py its numbers

    calendar.py           opening hours -> the starts of a day (pure)
    opening.py            days and slots laid out to the horizon
    chances.py            how many come when each comes with a chance of their own: exact (pure)
    shows.py              how likely who booked is to come, learnt from days that are over (pure)
    shown.py              the values behind it; show_learning.py makes them from days (pure)
    show_memory.py        how long days are remembered; show_effects.py what each thing known is worth (pure)
    show_crowd.py         how late people come, and how many without a booking (pure)
    show_words.py         all of that said to a manager (pure)
    beta.py               shares of people and how sure they are (pure)
    capacity.py           how many places a day releases, and why (pure)
    portions.py           when new places and those given up become the public's: moments nobody can foresee (pure)
    hall.py               how long people wait, by replaying the hall (pure)
    grounds.py            what a day's decision rests on; awaited.py who may still come; standings.py both together
    given_up.py           how many places were given up so lately that they are not the public's yet
    releasing.py          the decisions written to the days, with the reason; keeper.py what a process remembers of them
    overrides.py          a manager's own number for a day; override_rows.py as it stands
    learning.py           each day that is over counted once, and learnt from; tallying.py what it showed
    crowd.py              the chance that too many come; reasons.py a decision in one sentence (pure)
    days.py               the rows of the days; reports.py what a manager reads about them

    bookings.py           book, find, move, confirm, cancel, arrive
    held.py               the bookings of a phone, and one by its code
    seats.py              one booking a person, a few a phone, and how many it may give up
    bookings_at_once.py   booking in one statement, on PostgreSQL
    places.py             which starts are free; taking and giving back
    asking_again.py       when somebody without booking may ask again

    waiting.py            the waiting list: join, find, leave; waiting_dates.py for which dates (pure)
    offers.py             places offered to who is first in line: made, taken, declined, lapsed, withdrawn
    offering.py           what can be offered, held under guards; holding.py how the book counts what is held
    untold.py             offers that nobody heard of: who keeps the place in line, and how often
    line.py               who in line gets which free place (pure)
    offer_times.py        how long an offer stands, in waking hours (pure)
    closures.py           a date, a part of it or a counter closed: made, tried first, taken back
    leaving.py            who must go elsewhere then, in fair order, and what is free for them
    placing.py            where to: the nearest free places (pure)
    rebooking.py          moving them there, one by one; closure_lists.py how far that is, and whom to call

    jobs.py               what the timetable does; timetable.py says when, ticks.py how often
    absences.py           who did not come; erasure.py what is erased, and when
    leader.py             one process among many runs the jobs
    simulation/           invented years played through the rules above, with rows in memory
    examples/             Balikpapan's office file

What may be imported
    scheduler imports no other room. It knows neither HTTP nor SMS: it answers with values and
    refuses with `Refusal(code, details)`; words and status codes belong to the doors in `api`.
    Rooms never commit: they work on the connection they are handed and take `now` as a value.
"""
