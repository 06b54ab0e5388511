"""The demonstration: one office, one process, a clock to turn and phones to play with.

What lives here
    run.py        from the command line to a running demo and its clean end; place.py its directory, banner.py its words
    office.py     the example office seeded, with accounts; moment.py times as people give them
    demo.py       the running demo: its clock turned so that everything due on the way happens
    residents.py  invented people who book, come or stay away; visitor.py how they use HTTP; people.py who they are
    clerks.py     invented clerks who call and serve them
    standin.py    the vendor's servers, played on this machine: the real client talks to them over HTTP
    callbacks.py  what they post to our hooks; handset.py a resident's phone that sends SMS and USSD there
    faults.py     what may go wrong at the vendor, to be tried
    routes.py     clock and phones for programs
    page.py       the same in a browser, and forms.py what its forms do; seen.py what it shows of phones
    simulator.py  what the phones drawn there ask for; measure.py what a message costs

The drawn phones are plain modules in static/: demo.js sets them up; phone.js is one device with a pile of views
(views.js, threads.js, ussd.js), keys.js its keys, editor.js what is typed; server.js asks, quiet.js sends forms.

Nothing of this is part of an installation: `antre serve` never imports it.
"""
