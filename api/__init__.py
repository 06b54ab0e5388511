"""Every door, and the assembly.

What lives here
    assembly.py   the one place that puts settings, database, vault, clock, gateway and jobs together
    app.py        the Litestar application: routes, plug-ins, headers
    errors.py     the one map from refusal codes to HTTP
    guards.py     who may: sessions, roles, rate limits, client address
    staff.py      accounts, passwords, sessions, lock-out; tables.py their tables
    rest/         JSON over HTTP; web/ the pages; phone/ the vendor's callbacks; demo/ the demonstration
    cli.py        the `antre` command; migrations/ the schema, version by version

What may be imported
    api may import every room. The doors rest, web and phone do not import each other. Doors run one whole
    transaction, commit, then build the answer.
"""
