"""The commands of `antre`, one a file: `configure(parser)` names its options and sets `run`.

`run(options)` does the work and answers the exit code. What was to be expected is raised (`Failure`, a setting, a
database that is away) and becomes one sentence in `problems.py`; a traceback means that the program is wrong.
"""
