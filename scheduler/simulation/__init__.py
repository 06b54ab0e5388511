"""The capacity policy against invented years: invented people, rows in memory, the very rules in use.

    example.py    the example office, read from its file
    town.py       the invented people: who asks, who comes unbooked, who stays away (every assumption)
    book.py       an office's days in memory, in place of the rows
    policies.py   what decides a day: `capacity.decide`, or the best fixed number
    waiting.py    who waits for a place, and what they answer
    play.py       a year played event by event
    results.py    how a day ended; figures.py what came of all of them
    pictures.py   the same drawn, on the terminal and as SVG

Nothing here decides: `calendar`, `portions`, `shows`, `capacity` and `hall` do, as in production. A test plays the same
people through the database and finds the same decisions.
"""
