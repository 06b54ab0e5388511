"""The menu that a phone without internet walks through, screen by screen, by USSD.

What lives here
    state.py      where in the menu a session stands and what was answered so far
    inputs.py     from the texts a carrier repeats to what was typed since
    dates.py      a day as one types it on a keypad
    words.py      the sentences in both languages, from `api/phone/words/`
    screens.py    a screen that always fits: note, title, choices
    talk.py       what each step is handed; `Desk`, what the menu asks of the book
    refusals.py   what the book refuses, in words and with a way on
    places.py     places to choose from, by pages and by date
    home.py       the main menu, going on where a session broke off, the office, information, language
    register.py   service, NIK, name, place, summary, booked
    line.py       the waiting list: joined where nothing is free, an offer answered, left
    visits.py     the phone's bookings: look, say that one comes, move, cancel
    steps.py      one input after the other, `0` back
    counter.py    the desk over the book
    sessions.py   the row of a session: locked, read, written; one effect however often a callback comes

All but the last two know neither database nor network: state, input and what the desk answers give the next screen.
"""
