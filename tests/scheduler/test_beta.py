"""Shares and how sure they are, against what can be counted out."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import beta


@given(st.integers(1, 30), st.integers(1, 30), st.floats(0.001, 0.999))
def test_a_beta_is_below_as_the_binomial_it_comes_from_counts_out(a: int, b: int, x: float) -> None:
    trials = a + b - 1  # a of them succeed at least: the identity between the two
    counted = sum(math.comb(trials, k) * x**k * (1 - x) ** (trials - k) for k in range(a, trials + 1))
    assert beta.below(x, a, b) == pytest.approx(counted, abs=1e-9)


@given(st.floats(0.2, 5000), st.floats(0.2, 5000), st.floats(0.01, 0.99))
def test_a_quantile_is_where_that_chance_lies_below(a: float, b: float, chance: float) -> None:
    x = beta.quantile(chance, a, b)
    assert beta.below(x - 1e-6, a, b) <= chance + 1e-9
    assert beta.below(x + 1e-6, a, b) >= chance - 1e-9


@pytest.mark.parametrize("chance", [0.05, 0.5, 0.95])
@pytest.mark.parametrize("size", [1, 3, 40])
def test_quantiles_with_a_closed_form(size: int, chance: float) -> None:
    assert beta.quantile(chance, size, 1) == pytest.approx(chance ** (1 / size), abs=1e-6)
    assert beta.quantile(chance, 1, size) == pytest.approx(1 - (1 - chance) ** (1 / size), abs=1e-6)


@given(st.integers(1, 40), st.floats(0.01, 0.99), st.floats(0.001, 0.9))
def test_the_scores_of_all_that_may_happen_add_up_to_certainty(people: int, share: float, alike: float) -> None:
    chances = [math.comb(people, came) * math.exp(beta.log_score(came, people, share, alike))
               for came in range(people + 1)]
    assert math.fsum(chances) == pytest.approx(1)
    assert math.fsum(k * chance for k, chance in enumerate(chances)) == pytest.approx(people * share)


@given(st.floats(1e-6, 1 - 1e-6))
def test_odds_and_shares_are_each_others_inverse(share: float) -> None:
    assert beta.share_of(beta.log_odds(share)) == pytest.approx(share)


@pytest.mark.parametrize("odds", [-2000.0, 2000.0])
def test_no_odds_are_too_great(odds: float) -> None:
    assert beta.share_of(odds) == (odds > 0)
