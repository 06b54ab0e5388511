"""Sealing, look-up hashes and masks."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.foundation.privacy import Person, SealBroken, Vault, mask_name, mask_phone
from tests.people import person

OLD, NEW = "the old secret, kept for reading only", "the new secret, which seals and hashes"
texts = st.text(max_size=60)


@given(nik=texts, name=texts, phone=texts, email=st.none() | texts)
def test_what_is_sealed_opens(nik: str, name: str, phone: str, email: str | None) -> None:
    vault = Vault([NEW])
    somebody = Person(nik, name, phone, email)
    assert vault.open(vault.seal(somebody)) == somebody


def test_sealed_bytes_show_nothing_and_never_repeat(vault: Vault) -> None:
    somebody = person(1)
    first, second = vault.seal(somebody), vault.seal(somebody)
    assert first != second
    for part in (somebody.nik, somebody.name, somebody.phone):
        assert part.encode() not in first


def test_an_altered_bit_anywhere_is_noticed(vault: Vault) -> None:
    sealed = vault.seal(person(1))
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(SealBroken):
            vault.open(bytes(altered))


@pytest.mark.parametrize("length", [0, 3, 4, 16, 20])
def test_cut_off_bytes_are_noticed(vault: Vault, length: int) -> None:
    with pytest.raises(SealBroken):
        vault.open(vault.seal(person(1))[:length])


def test_another_secret_opens_nothing() -> None:
    with pytest.raises(SealBroken, match="not in the settings"):
        Vault([NEW]).open(Vault([OLD]).seal(person(1)))


def test_rotation_reads_the_old_and_writes_the_new() -> None:
    before, between, after = Vault([OLD]), Vault([NEW, OLD]), Vault([NEW])
    sealed = before.seal(person(1))
    assert between.open(sealed) == person(1)
    assert not between.is_current(sealed)
    anew = between.seal(between.open(sealed))
    assert between.is_current(anew)
    assert after.open(anew) == person(1)


def test_rotation_finds_by_the_old_hash_as_well() -> None:
    before, between = Vault([OLD]), Vault([NEW, OLD])
    somebody = person(1)
    assert between.hashes_of_nik(somebody.nik) == [between.hash_nik(somebody.nik), before.hash_nik(somebody.nik)]
    assert between.hashes_of_phone(somebody.phone) == [
        between.hash_phone(somebody.phone), before.hash_phone(somebody.phone)]


def test_hashes_are_steady_keyed_and_told_apart_by_kind() -> None:
    assert Vault([NEW]).hash_nik("1") == Vault([NEW]).hash_nik("1")
    assert Vault([NEW]).hash_nik("1") != Vault([OLD]).hash_nik("1")
    assert Vault([NEW]).hash_nik("1") != Vault([NEW]).hash_phone("1")
    assert len(Vault([NEW]).hash_nik("1")) == 16


def test_derived_keys_follow_rfc_5869() -> None:
    """HKDF-SHA256 with an empty salt and one block, computed here by hand (RFC 5869, 2.2 and 2.3)."""
    extracted = hmac.digest(bytes(32), NEW.encode(), hashlib.sha256)
    expanded = hmac.digest(extracted, b"antre ticket\x01", hashlib.sha256)
    assert Vault([NEW, OLD]).derive("ticket")[0] == expanded
    assert len(set(Vault([NEW, OLD]).derive("ticket") + Vault([NEW, OLD]).derive("session"))) == 4


@pytest.mark.parametrize(
    ("name", "masked"),
    [("Siti Aminah", "Siti A."), ("Budi", "Budi"), ("Siti Nur Halimah", "Siti N. H."), ("", "")],
)
def test_a_masked_name_calls_the_right_person(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_a_masked_number_keeps_its_ends() -> None:
    assert mask_phone("+6281200000123") == "+62••••••••123"


def test_a_vault_apart_has_keys_of_its_own() -> None:
    book, drafts = Vault([NEW, OLD]), Vault([NEW, OLD]).apart("drafts")
    for one, other in ((book, drafts), (drafts, book), (drafts, book.apart("others"))):
        sealed = one.seal_bytes(b"x")
        assert one.open_bytes(sealed) == b"x"
        with pytest.raises(SealBroken):
            other.open_bytes(sealed)
    assert drafts.open_bytes(Vault([OLD]).apart("drafts").seal_bytes(b"x")) == b"x", "also after a change of the secret"
