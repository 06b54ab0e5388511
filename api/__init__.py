"""Every door, and the assembly.

What lives here
    assembly.py   the one place that puts settings, database, vault, clock, gateway and jobs together;
                  installation.py with all that doors do for its jobs, as every process begins
    app.py        the Litestar application: routes, middleware, the life of the jobs
    doorway.py    what the doors of one process share; shelf.py ready answers about free places,
                  and watch.py which of them the journal still vouches for; hub.py watches halls for their screens

    rest/         JSON over HTTP; openapi.py its description, with the words in description/
    web/          the pages; phone/ the vendor's callbacks; demo/ the demonstration
    cli.py        the `antre` command; commands/ one file each; serving.py the server process

    errors.py     the one map from refusal codes to HTTP; words/ the sentences; languages.py whose they are
    guards.py     who may; addresses.py who asks; limits.py how often; once.py the same request twice
    staff.py      accounts and signing in; guesses.py the lock; passwords.py argon2; sessions.py tokens, clients.py
                  what holds them; accounts.py an office's people, devices.py its doors and screens; tables.py all
                  their tables
    printing.py   jobs for receipt printers in an office's own network
    headers.py    what every answer carries; bodies.py how long one may take to come, and HEAD
    mailing.py    an e-mail with ticket and calendar entry, as the courier sends it
    counted.py    a span of an office's days as doors show it: figures, messages, opinions together
    health.py     /livez and /readyz; observe.py metrics; logs.py, faults.py lines without personal data
    upkeep.py     what the doors keep for a while is swept
    schema.py     every room's tables as one schema; migrations/ its versions

What may be imported
    api may import every room. The doors rest, web and phone do not import each other. Doors run one whole
    transaction, commit, then build the answer.
"""
