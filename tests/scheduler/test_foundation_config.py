"""Settings: what is right is read, what is wrong stops the start with one sentence that names the variable."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from scheduler.foundation.config import Settings, load
from scheduler.foundation.errors import SettingsError

NEEDED = {
    "ANTRE_SECRET_KEY": "k" * 32,
    "ANTRE_PUBLIC_URL": "https://antre.test",
    "ANTRE_HOOK_SECRET": "a-hook-secret-of-16",
}


def test_the_needed_settings_are_enough() -> None:
    settings = load(NEEDED)
    assert settings.secret_key == "k" * 32
    assert settings.database_url == "sqlite:///antre.sqlite3"
    assert settings.embedded
    assert settings.secure
    assert settings.rate_limit is None
    assert settings.sms_gateway == "console"
    assert not settings.test_people


@pytest.mark.parametrize("variable", sorted(NEEDED))
def test_each_needed_setting_is_missed_by_name(variable: str) -> None:
    with pytest.raises(SettingsError, match=f"^{variable} is missing: .*[.]$"):
        load({name: value for name, value in NEEDED.items() if name != variable})


@pytest.mark.parametrize("variable", sorted(NEEDED))
def test_an_empty_needed_setting_is_a_missing_one(variable: str) -> None:
    with pytest.raises(SettingsError, match=f"^{variable} is missing"):
        load(NEEDED | {variable: ""})


@pytest.mark.parametrize(
    ("variable", "value", "field", "meant"),
    [
        ("ANTRE_DATABASE_URL", "postgresql://antre:pw@db.test:5432/antre", "database_url", ...),
        ("ANTRE_DATABASE_URL", "sqlite:////var/lib/antre/antre.sqlite3", "database_url", ...),
        ("ANTRE_SECRET_KEY_OLD", f"{'a' * 32}, {'b' * 40}", "secret_key_old", ("a" * 32, "b" * 40)),
        ("ANTRE_PUBLIC_URL", "http://127.0.0.1:8000/", "public_url", "http://127.0.0.1:8000"),
        ("ANTRE_AFRICASTALKING_URL", "http://127.0.0.1:9000/version1", "africastalking_url", ...),
        ("ANTRE_MAIL_FROM", "antrean@mail.test", "mail_from", ...),
        ("ANTRE_HTTP_GATEWAY_FILE", "/etc/antre/http.toml", "http_gateway_file", ...),
        ("ANTRE_GAMMU_DATABASE_URL", "postgresql://smsd:pw@/smsd?host=/run/postgresql", "gammu_database_url", ...),
        ("ANTRE_GAMMU_PRICE", "IDR 350", "gammu_price", ...),
        ("ANTRE_TRUSTED_PROXIES", "10.0.0.0/8,::1", "trusted_proxies", ("10.0.0.0/8", "::1/128")),
        ("ANTRE_RATE_LIMIT", "off", "rate_limit", 0),
        ("ANTRE_RATE_LIMIT", "120", "rate_limit", 120),
        ("ANTRE_TEST_PEOPLE", "YES", "test_people", True),
        ("ANTRE_LOG_LEVEL", "debug", "log_level", "DEBUG"),
        ("ANTRE_DATABASE_CONNECTIONS", " 12 ", "database_connections", 12),
    ],
)
def test_a_value_is_read(variable: str, value: str, field: str, meant: object) -> None:
    assert getattr(load(NEEDED | {variable: value}), field) == (value if meant is ... else meant)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ANTRE_DATABASE_URL", "mysql://antre@db.test/antre"),
        ("ANTRE_DATABASE_URL", "sqlite:///"),
        ("ANTRE_DATABASE_URL", "sqlite:///:memory:"),
        ("ANTRE_DATABASE_URL", "sqlite:///antre.sqlite3?mode=ro"),
        ("ANTRE_DATABASE_URL", "sqlite:///file:antre.sqlite3?uri=true"),
        ("ANTRE_DATABASE_URL", "postgresql://antre:hunter2@db.test:port/antre"),
        ("ANTRE_DATABASE_URL", "postgresql://antre:hunter2@db.test"),
        ("ANTRE_SECRET_KEY", "hunter2"),
        ("ANTRE_SECRET_KEY", f"{'a' * 20},hunter2,{'b' * 20}"),
        ("ANTRE_SECRET_KEY_OLD", f"{'a' * 32},hunter2"),
        ("ANTRE_PUBLIC_URL", "antre.test"),
        ("ANTRE_PUBLIC_URL", "ftp://antre.test"),
        ("ANTRE_PUBLIC_URL", "https://"),
        ("ANTRE_PUBLIC_URL", "https://[::1"),
        ("ANTRE_PUBLIC_URL", "https://antre.test:99999"),
        ("ANTRE_PUBLIC_URL", "https://antre.test/office"),
        ("ANTRE_PUBLIC_URL", "https://antre.test?x=1"),
        ("ANTRE_PUBLIC_URL", "https://antre .test"),
        ("ANTRE_PUBLIC_URL", "https://user@antre.test"),
        ("ANTRE_SMS_GATEWAY", "pigeon"),
        ("ANTRE_SMS_GATEWAY", "gammu,"),
        ("ANTRE_SMS_GATEWAY", "gammu,http,gammu"),
        ("ANTRE_SMS_GATEWAY", "http,console"),
        ("ANTRE_HTTP_GATEWAY_FILE", "a\nb"),
        ("ANTRE_GAMMU_DATABASE_URL", "mysql://smsd:hunter2@db.test/smsd"),
        ("ANTRE_GAMMU_PRICE", "350"),
        ("ANTRE_GAMMU_PRICE", "Rp 350"),
        ("ANTRE_GAMMU_PRICE", "IDR ٣٥٠"),
        ("ANTRE_SMTP_URL", "mail.test:587"),
        ("ANTRE_SMTP_URL", "http://mail.test"),
        ("ANTRE_SMTP_URL", "smtp://u:hunter2@mail.test:0"),
        ("ANTRE_SMTP_URL", "smtp://u:hunter2@mail.test/path"),
        ("ANTRE_SMTP_URL", "smtp://hunter2@mail.test"),
        ("ANTRE_SMTP_URL", "smtp://u:hun/ter2@mail.test"),
        ("ANTRE_MAIL_FROM", "antrean"),
        ("ANTRE_MAIL_FROM", "Antre <antrean@mail.test>"),
        ("ANTRE_MAIL_FROM", "a@mail.test\nBcc: b@mail.test"),
        ("ANTRE_MAIL_FROM", "a@mail.test,b@mail.test"),
        ("ANTRE_AFRICASTALKING_USERNAME", "a\nb"),
        ("ANTRE_AFRICASTALKING_URL", "localhost:9000"),
        ("ANTRE_HOOK_SECRET", "short"),
        ("ANTRE_HOOK_SECRET", "sixteen/or/more/with/slashes"),
        ("ANTRE_TRUSTED_PROXIES", "10.0.0.0/33"),
        ("ANTRE_TRUSTED_PROXIES", "proxy.test"),
        ("ANTRE_RATE_LIMIT", "0"),
        ("ANTRE_RATE_LIMIT", "-1"),
        ("ANTRE_RATE_LIMIT", "²"),
        ("ANTRE_TEST_PEOPLE", "1"),
        ("ANTRE_LOG_LEVEL", "chatty"),
        ("ANTRE_DATABASE_CONNECTIONS", "many"),
        ("ANTRE_DATABASE_CONNECTIONS", "0"),
        ("ANTRE_DATABASE_CONNECTIONS", "1000"),
    ],
)
def test_a_senseless_value_is_refused_by_name_and_not_repeated(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{variable} (must|is|holds) .*[.]$") as refused:
        load(NEEDED | {variable: value})
    assert "hunter2" not in str(refused.value)


def test_every_setting_refuses_something() -> None:
    cases = test_a_senseless_value_is_refused_by_name_and_not_repeated.pytestmark[0].args[1]
    tried = {variable.removeprefix("ANTRE_").lower() for variable, _ in cases}
    free_text = {"africastalking_api_key", "africastalking_sender", "http_gateway_secret"}  # as the username
    assert tried | free_text == {field.name for field in fields(Settings)}


@pytest.mark.parametrize(
    "variable", ["ANTRE_SECRT_KEY", "ANTRE_", "ANTRE_PUBLIC_URL_FILE", "ANTRE_SECRET_KEY_FILE_FILE"]
)
def test_a_variable_that_is_no_setting_is_refused(variable: str) -> None:
    with pytest.raises(SettingsError, match=f"^{variable} is not a setting"):
        load(NEEDED | {variable: "x"})


def test_variables_of_others_are_left_alone() -> None:
    assert load(NEEDED | {"PATH": "/bin", "MY_ANTRE_X": "1"}) == load(NEEDED)


def test_a_secret_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("f" * 48 + "\n")
    variables = {**NEEDED, "ANTRE_SECRET_KEY_FILE": str(tmp_path / "key")}
    del variables["ANTRE_SECRET_KEY"]
    assert load(variables).secret_key == "f" * 48


def test_a_secret_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ANTRE_SECRET_KEY or ANTRE_SECRET_KEY_FILE, not both"):
        load(NEEDED | {"ANTRE_SECRET_KEY_FILE": str(tmp_path)})


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff"])
def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    variables = {**NEEDED, "ANTRE_HOOK_SECRET": "", "ANTRE_HOOK_SECRET_FILE": str(path)}
    with pytest.raises(SettingsError, match=r"^ANTRE_HOOK_SECRET_FILE cannot be read"):
        load(variables)


@pytest.mark.parametrize("missing", ["ANTRE_AFRICASTALKING_USERNAME", "ANTRE_AFRICASTALKING_API_KEY"])
def test_the_vendor_needs_an_account(missing: str) -> None:
    account = {
        "ANTRE_SMS_GATEWAY": "africastalking",
        "ANTRE_AFRICASTALKING_USERNAME": "sandbox",
        "ANTRE_AFRICASTALKING_API_KEY": "key",
    }
    assert load(NEEDED | account).africastalking_username == "sandbox"
    with pytest.raises(SettingsError, match=f"^{missing} is missing"):
        load(NEEDED | account | {missing: ""})


def test_the_secret_in_use_comes_first() -> None:
    settings = load(NEEDED | {"ANTRE_SECRET_KEY_OLD": "o" * 32})
    assert settings.secrets == ("k" * 32, "o" * 32)


def test_several_carriers_are_tried_in_the_order_they_are_named() -> None:
    several = {"ANTRE_SMS_GATEWAY": "gammu, http", "ANTRE_HTTP_GATEWAY_FILE": "http.toml",
               "ANTRE_GAMMU_DATABASE_URL": "sqlite:////var/lib/gammu/smsd.sqlite3"}
    assert load(NEEDED | several).sms_gateways == ("gammu", "http")
    assert load(NEEDED).sms_gateways == ("console",)
    for missing in ("ANTRE_HTTP_GATEWAY_FILE", "ANTRE_GAMMU_DATABASE_URL"):
        with pytest.raises(SettingsError, match=f"^{missing} is missing: ANTRE_SMS_GATEWAY is gammu,http[.]$"):
            load(NEEDED | several | {missing: ""})


def test_mail_needs_an_address_to_come_from() -> None:
    with pytest.raises(SettingsError, match=r"^ANTRE_MAIL_FROM is missing: ANTRE_SMTP_URL is set[.]$"):
        load(NEEDED | {"ANTRE_SMTP_URL": "smtp://mail.test"})
    mail = {"ANTRE_SMTP_URL": "smtps://u:p%40w@mail.test:465/", "ANTRE_MAIL_FROM": "antrean@mail.test"}
    assert load(NEEDED | mail).smtp_url == "smtps://u:p%40w@mail.test:465"
