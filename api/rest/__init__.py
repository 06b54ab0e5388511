"""JSON over HTTP: what other programs build on.

What lives here
    schemas.py     bodies and answers; examples.py the ones the description shows
    reading.py     what a request says, checked; answering.py answers as they go out
    offices.py     offices and services; slots.py what can be booked now
    bookings.py    make, read, move, cancel; asking.py what is asked of the person and the visit
    waiting.py     the waiting list: join, read, take or decline an offer, leave; waiting_bodies.py its bodies
                   and answers
    session.py     staff sign in and out; door.py scans and walk-ins; days.py the manager's day,
                   day_answers.py its answer
    queue.py       who waits and who is at a counter; counters.py what counters do; counter_bodies.py their bodies
                   and answers
    closures.py    closing a date, a part of it or a counter; closing.py their answers
    board.py       what the hall sees, asked for or as a stream
    messages.py    messages in numbers, and their cost; counts.py their answers
    statistics.py  a span of days counted; figures.py its answer, csv_table.py the same as a table

Each route carries an `api.openapi.Doc`: what is not written there, it may not answer.
"""

from api.rest import (
    board,
    bookings,
    closures,
    counters,
    days,
    door,
    messages,
    offices,
    queue,
    session,
    slots,
    statistics,
    waiting,
)

ROUTES = [*offices.ROUTES, *slots.ROUTES, *bookings.ROUTES, *waiting.ROUTES, *session.ROUTES, *door.ROUTES,
          *queue.ROUTES, *counters.ROUTES, *board.ROUTES, *days.ROUTES, *closures.ROUTES, *messages.ROUTES,
          *statistics.ROUTES]
