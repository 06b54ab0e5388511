"""The index of satisfaction (IKM) of the survey (SKM): nine elements, each answered by 1 to 4 (pure).

Peraturan Menteri PANRB 14/2017: all elements weigh the same, the mean of their means times 25 is the index, from 25 to
100, and four classes say how good that is. The order of the elements is that of the regulation's questionnaire.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ELEMENTS = ("persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku", "sarana", "pengaduan")
WORST, BEST = 1, 4
LEAST_ANSWERS = 5  # of fewer no index is told: it would tell what one person answered

# The least index of each class. The regulation leaves gaps between its classes (88.30 and 88.31), which lie below what
# an index of two decimals can tell: it is rounded first, then judged.
CLASSES = (("A", Decimal("88.31")), ("B", Decimal("76.61")), ("C", Decimal("65.00")), ("D", Decimal("25.00")))

_HUNDREDTH = Decimal("0.01")


def are_answers(answers: Sequence[int]) -> bool:
    """Whether these are nine numbers of 1 to 4."""
    return len(answers) == len(ELEMENTS) and all(WORST <= answer <= BEST for answer in answers)


@dataclass(frozen=True, slots=True)
class Opinions:
    """So many people's answers: how many, and each element's sum."""

    count: int = 0
    sums: tuple[int, ...] = (0,) * len(ELEMENTS)

    @staticmethod
    def of(answers: Iterable[tuple[Sequence[int], int]]) -> Opinions:
        """From nine answers and how many people gave just these."""
        count, sums = 0, [0] * len(ELEMENTS)
        for given, people in answers:
            count += people
            sums = [total + answer * people for total, answer in zip(sums, given, strict=True)]
        return Opinions(count, tuple(sums))

    def __add__(self, other: Opinions) -> Opinions:
        return Opinions(self.count + other.count, tuple(map(sum, zip(self.sums, other.sums, strict=True))))

    @property
    def enough(self) -> bool:
        """Whether an index may be told."""
        return self.count >= LEAST_ANSWERS

    @property
    def means(self) -> dict[str, Decimal] | None:
        """Each element's mean, of two decimals; None of too few answers."""
        if not self.enough:
            return None
        return {name: _rounded(Decimal(total) / self.count) for name, total in zip(ELEMENTS, self.sums, strict=True)}

    @property
    def ikm(self) -> Decimal | None:
        """The index, of two decimals, from the sums as they are; None of too few answers."""
        if not self.enough:
            return None
        return _rounded(Decimal(sum(self.sums)) * 25 / (self.count * len(ELEMENTS)))

    @property
    def grade(self) -> str | None:
        """The class of the index; None of too few answers."""
        return None if self.ikm is None else grade(self.ikm)

    @property
    def lowest(self) -> str | None:
        """The element with the lowest mean, the first of several; None of too few answers."""
        return ELEMENTS[self.sums.index(min(self.sums))] if self.enough else None


def grade(ikm: Decimal) -> str:
    """The class of an index from 25 to 100; it is rounded to two decimals first."""
    return next(name for name, least in CLASSES if _rounded(ikm) >= least)


def tellable(by_service: Mapping[int, Opinions]) -> dict[int, Opinions]:
    """The services whose answers may be told one by one, beside those of all together.

    Those with too few are left out; and as many more, the smallest first, that those left out are enough together: else
    they could be reckoned from all less the others.
    """
    told = {key: one for key, one in by_service.items() if one.enough}
    hidden = sum(one.count for one in by_service.values() if not one.enough)
    while told and 0 < hidden < LEAST_ANSWERS:
        smallest = min(told, key=lambda key: (told[key].count, key))
        hidden += told.pop(smallest).count
    return told


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_HUNDREDTH, ROUND_HALF_UP)
