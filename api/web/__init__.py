"""The pages: words, pictures and forms for residents, clerks and managers.

What lives here
    render.py     words and templates to a page; assets.py the files beside it; dates.py moments in words
    choices.py    what has been chosen, as addresses carry it; draft.py what was typed, sealed in the browser
    book.py       the questions up to the time; who.py the person; check.py the booking; free.py days and hours
    sending.py    the last step: one booking, one entry, however often the button is pressed
    waiting.py    the way into the waiting list; waiting_entry.py the page of an entry, with the place that is offered
    held.py       the booking behind a ticket's address
    ticket.py     the ticket, move.py and cancelling; files.py its picture, paper and calendar entry
    sign_in.py    staff come and go, browsers.py the ones they use; door.py scans, walk_in.py visitors without booking
    installing.py what makes the door a program of its own
    me.py         one's own account; accounts.py those of the office; devices.py its doors, screens and kiosks
    giving.py     a number without booking, for clerks and kiosks; slips.py it and tickets on 80 mm paper
    kiosk.py      a number taken by oneself; pressing.py who presses too fast, and a clerk who lets it go on
    day_list.py   what a door keeps for when the network is down, door_worker.py how its page opens then,
    handing_in.py whom it let in meanwhile, conflicts.py what a person must decide about them
    closures.py   closing a date, a part of it or a counter; closing.py such a closure as its pages show it
    counter.py    a counter at work: counter_view.py what its clerk sees, counter_acts.py what each key does,
                  counter_seat.py who sits where, counter_day.py the clerk's own day
    manage.py     the day and the weeks around it: horizon.py the weeks, running.py the day as it runs, happened.py
                  what was decided, waits.py how long people wait, numbers.py shares as people read them
    override.py   a manager's own number of places; rates.py what was learnt about who comes
    room.py       how many without booking can be taken now, for the door and the manager
    traffic.py    messages in numbers
    board.py      the hall's screen; notices.py what the office tells the hall
    statistics.py a span of days counted, and the monthly report
    pictures/     the manager's drawings
    problems.py   refusals and faults as pages
    desk.py       what every staff page knows
    survey.py     what somebody thinks of their visit
    messages.py   whom to call because a message did not arrive; failures.py such a person as staff see them
    after.py      what follows a commit of a page

Every page works without scripts. Every form answers with a redirect, so Back and reload repeat nothing.
"""

from litestar import Router
from litestar.types import ControllerRouterHandler

from api.web import (
    accounts,
    assets,
    board,
    book,
    check,
    closures,
    conflicts,
    counter,
    counter_day,
    counter_seat,
    day_list,
    devices,
    door,
    door_worker,
    handing_in,
    installing,
    kiosk,
    manage,
    me,
    messages,
    move,
    notices,
    override,
    problems,
    rates,
    sign_in,
    slips,
    statistics,
    survey,
    ticket,
    waiting,
    waiting_entry,
    walk_in,
    who,
)

ROUTES: list[ControllerRouterHandler] = [
    assets.static, installing.manifest,
    Router("/", exception_handlers=problems.HANDLERS, route_handlers=[
        book.start, book.office_address, who.ask, who.answer, check.check, check.book,
        waiting.ask, waiting.check, waiting.join, waiting_entry.entry, waiting_entry.accept, waiting_entry.decline,
        waiting_entry.ask_leave, waiting_entry.leave, waiting_entry.again,
        ticket.ticket, ticket.turn, ticket.ask_cancel, ticket.cancel, move.ask, move.move,
        sign_in.ask, sign_in.sign_in, sign_in.sign_out, door.door, door.renewed, door.scan, *walk_in.ROUTES,
        *kiosk.ROUTES, *slips.ROUTES,
        counter.counter, counter.line, counter.act, counter.transfer, counter_day.day, counter_seat.who_sits_where,
        counter_seat.sit, counter_seat.taken, counter_seat.seen, counter_seat.ask_leave, counter_seat.leave,
        door_worker.door_worker, day_list.today, day_list.blocks, handing_in.hand_in, conflicts.every, conflicts.settle,
        manage.manage, override.set_day, override.end, rates.rates, rates.leave_out, rates.count,
        statistics.statistics, statistics.monthly,
        messages.messages, messages.phone, messages.told, messages.untold, *closures.ROUTES,
        board.screen, *notices.ROUTES,
        *me.ROUTES, *accounts.ROUTES, *devices.ROUTES,
        survey.ask, survey.answer,
    ]),
]
