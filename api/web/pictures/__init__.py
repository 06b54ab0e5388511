"""Drawings for the manager as SVG, made here and readable in grey: each with a title and a description, and with a
table beside it on its page. Pure: they are handed numbers and words.

    paper.py      the sheet, its patterns, and the strokes all drawings share
    weeks.py      five weeks: what is open, booked, expected with its spread, and who came
    week.py       one week in large, with its numbers
    course.py     a day as it runs: who came so far, who is expected until the end
    rates.py      shares as dots with their intervals
    messages.py   messages of some days
    clerk_day.py  one clerk's day: a bar for each person served
    rush.py       hours of rush, by weekday and hour
    spans.py      how long people waited
"""
