"""The pictures of the guide for clerks: `python -m tests.guide` makes them anew from the pages as they are.

`invented.py` is an office with invented people behind it, `walks.py` goes to each page and looks, `paper.py` cuts.
"""
