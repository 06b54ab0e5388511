"""Measurements: whole figures from real processes over loopback, always beside a baseline of the same run.

`make bench` runs them all; `python -m bench --help` runs some. Nothing here is imported by the rooms, and no
figure is a test: tests prove behaviour, this prints speed.
"""
