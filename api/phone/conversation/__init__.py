"""The conversation by SMS: from what was written to what is done and answered.

What lives here
    turn.py         one message: what is meant by it, here and now, and who deals with that
    registering.py  DAFTAR: what is known of who wants what, what is missing
    offering.py     the places offered by number
    lining.py       TUNGGU and TIDAK: the waiting list, and what it offers
    choosing.py     a number: the place is taken, the booking or service meant is known
    holding.py      CEK, UBAH and BATAL: what this phone has booked
    coming.py       YA: I will come, or I take it
    rating.py       NILAI: what somebody thinks of their visit
    telling.py      INFO, BANTUAN, STOP, MULAI, and what is not understood
    where.py        which office is meant, and the words to write to it
    talk.py         what one turn works with, and what came of it
    limits.py       when an answer is the last for now, and when there is none
    dialogues.py    the row of a phone's conversation, locked while a message is worked on
    pending.py      what was asked or offered last, sealed in that row

Nothing is booked, moved or cancelled by a guess: a place is taken by a number that was offered, and offered only in
an answer that went out. What took effect is not answered here, the letters tell it.
"""
