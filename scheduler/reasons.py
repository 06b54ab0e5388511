"""Why a day opens so many places, and how many can be taken at the door, in one plain sentence (pure).

Indonesian first, English second. A reason is a code with its numbers, kept in the journal for good: what a code meant
once it means for ever, so the codes of older entries (`band`, `walk_ins`, `places`, `unsold`, `sold`, `closed` with
`gone`) are read here as well.
"""

from __future__ import annotations

from typing import Any

Because = dict[str, Any]

LINE, FREED = "line", "freed"

_SENTENCES = {
    "id": {
        "closed": "Tutup: tidak ada tempat yang dibuka",
        "closed_for": "Tutup ({reason}): tidak ada tempat yang dibuka",
        "set": "{released} tempat dibuka karena ditetapkan pengelola: sekitar {expected} yang memesan dan {kept}"
               " yang datang langsung diperkirakan datang, kemungkinan lebih dari {high} orang {over}",
        "learnt": "{released} tempat dibuka: bila semua terisi, sekitar {expected} yang memesan dan {kept} yang"
                  " datang langsung diperkirakan datang, kemungkinan lebih dari {high} orang {over}",
        "today": "{released} tempat dibuka: {came} yang memesan dan {walk_ins} yang datang langsung sudah datang,"
                 " sekitar {awaited} dan {ahead} lagi ditunggu, kemungkinan lebih dari {high} orang {over}",
        "portions": "{released} dari {wanted} tempat dibuka: sisanya dibuka bertahap pada waktu yang tidak diumumkan",
        "line": "{released} dari {wanted} tempat dibuka: sisanya ditawarkan lebih dahulu ke daftar tunggu",
        "freed": "{released} dari {wanted} tempat dibuka: sisanya baru dilepas dan dibuka lagi beberapa saat kemudian",
        "band": "{released} tempat dibuka: batas {high} orang, {kept} disimpan untuk yang datang langsung",
        "band_whole": "{released} tempat dibuka: batas {high} orang, tidak ada lagi yang disimpan"
                      " untuk yang datang langsung",
        "walk_ins": "{released} tempat dibuka: batas {high} orang, {kept} sudah dipakai yang datang langsung",
        "places": "{released} tempat dibuka: loket hanya sanggup melayani {places} orang,"
                  " {kept} disimpan untuk yang datang langsung",
        "unsold_was": "{released} tempat dibuka: {unsold} tempat lain tidak dapat dipesan lagi,"
                      " jadi untuk yang datang langsung",
        "unsold": "{released} tempat dibuka: jam lain tidak dapat dipesan lagi, sisanya untuk yang datang langsung",
        "sold_was": "{released} tempat tetap dibuka karena sudah dipesan, walaupun menurut batas {high} orang"
                    " dan {kept} tempat untuk yang datang langsung seharusnya lebih sedikit",
        "sold": "{released} tempat tetap dibuka karena sudah dipesan, walaupun kemungkinan lebih dari {high} orang,"
                " dengan {kept} yang datang langsung, sudah {over}",
        "gone": "; {gone} orang tidak datang pada waktunya, tempatnya untuk yang datang langsung",
        "away": "; {away} orang tidak datang pada waktunya, tempatnya dibuka lagi",
        "held": "; {held} ditawarkan ke daftar tunggu",
        "hardly": "kurang dari 1 %",
        "nearly": "lebih dari 99 %",
    },
    "en": {
        "closed": "Closed: nothing is open for booking",
        "closed_for": "Closed ({reason}): nothing is open for booking",
        "set": "{released} open for booking as the manager set it: some {expected} with a booking and {kept} walk-ins"
               " are expected, the chance of more than {high} is {over}",
        "learnt": "{released} open for booking: once all are taken, some {expected} with a booking and {kept} walk-ins"
                  " are expected, the chance of more than {high} is {over}",
        "today": "{released} open for booking: {came} with a booking and {walk_ins} walk-ins have come, some {awaited}"
                 " and {ahead} are still awaited, the chance of more than {high} is {over}",
        "portions": "{released} of {wanted} open for booking: the others open step by step, at moments nobody is told",
        "line": "{released} of {wanted} open for booking: the others are offered to the waiting list first",
        "freed": "{released} of {wanted} open for booking: the others were given up just now and open again later",
        "band": "{released} open for booking: at most {high} visitors, {kept} kept for walk-ins",
        "band_whole": "{released} open for booking: at most {high} visitors, none kept for walk-ins any more",
        "walk_ins": "{released} open for booking: at most {high} visitors, {kept} taken by walk-ins",
        "places": "{released} open for booking: the counters can serve only {places} visitors,"
                  " {kept} kept for walk-ins",
        "unsold_was": "{released} open for booking: {unsold} more can no longer be booked and go to walk-ins",
        "unsold": "{released} open for booking: no other time can be booked any more, the rest goes to walk-ins",
        "sold_was": "{released} stay open because they are booked, although the limit of {high} visitors"
                    " with {kept} for walk-ins would allow fewer",
        "sold": "{released} stay open because they are booked, although the chance of more than {high},"
                " with {kept} walk-ins, is {over} already",
        "gone": "; {gone} did not come in time, so as many walk-ins may take their place",
        "away": "; {away} did not come in time, and their places are open again",
        "held": "; {held} are offered to the waiting list",
        "hardly": "less than 1 %",
        "nearly": "more than 99 %",
    },
}

_DOOR = {
    "id": {
        "closed": "Hari ini tutup.",
        "some": "{more} orang lagi dapat diterima: {visitors} sudah datang, sekitar {awaited} yang memesan masih"
                " ditunggu.",
        "none": "Belum ada tempat untuk yang datang langsung: {visitors} sudah datang, sekitar {awaited} yang memesan"
                " masih ditunggu, dan batasnya {high} orang.",
        "open": "Belum ada tempat untuk yang datang langsung: {visitors} sudah datang, sekitar {awaited} yang memesan"
                " masih ditunggu, {left} tempat masih bisa dipesan, dan batasnya {high} orang.",
        "full": "Tidak ada tempat lagi hari ini: {visitors} sudah datang, batasnya {high} orang.",
    },
    "en": {
        "closed": "Closed today.",
        "some": "{more} more can be taken: {visitors} have come, some {awaited} with a booking are still awaited.",
        "none": "No room for walk-ins yet: {visitors} have come, some {awaited} with a booking are still awaited, and"
                " at most {high} should come.",
        "open": "No room for walk-ins yet: {visitors} have come, some {awaited} with a booking are still awaited,"
                " {left} can still be booked, and at most {high} should come.",
        "full": "No more room today: {visitors} have come, at most {high} should.",
    },
}


def words(because: Because, language: str) -> str:
    """One plain sentence about a decision's reason, in Indonesian (`id`) or English (`en`)."""
    sentences = _SENTENCES[language]
    numbers = {**because, "over": _percent(because.get("over", 0.0), sentences)}
    more = "".join(sentences[part] for part in ("gone", "away", "held") if numbers.get(part) and _also(because, part))
    return (sentences[_sentence(because)] + more).format(**numbers) + "."


def waits(because: Because, released: int, why: str) -> Because:
    """The reason of a day that opens only `released` places for now, because others must wait.

    `why` is `LINE`: they are offered to the waiting list first; or `FREED`: they were given up just now.
    """
    return {**because, "code": why, "released": released}


def door_words(more: int, visitors: int, awaited: float, high: int, language: str, *, left: int = 0,
               closed: bool = False) -> str:
    """How many people without a booking can be taken now, and why, for the clerk at the door.

    `more` is the day's room for walk-ins less those let in, `visitors` have come in all, `awaited` booked people are
    still expected on average, `high` is the band's top; `left` places are not booked yet, and are named where there is
    no room, as the others do not add up to `high` without them.
    """
    awaited_people = round(awaited)
    refused = "open" if left > 0 else "none" if awaited_people else "full"
    key = "closed" if closed else "some" if more > 0 else refused
    return _DOOR[language][key].format(more=more, visitors=visitors, awaited=awaited_people, high=high, left=left)


def _sentence(because: Because) -> str:
    code = str(because["code"])
    if code == "closed" and because.get("reason"):
        return "closed_for"
    if code == "band" and not because["kept"]:
        return "band_whole"
    return f"{code}_was" if code in ("unsold", "sold") and "over" not in because else code


def _also(because: Because, part: str) -> bool:
    """Whether the sentence goes on to say who stayed away or what is offered."""
    code = because["code"]
    return code != "closed" and (part != "held" or code != "line")


def _percent(chance: float, sentences: dict[str, str]) -> str:
    if chance < 0.005:
        return sentences["hardly"]
    return sentences["nearly"] if chance > 0.995 else f"{round(chance * 100)} %"
