"""The description says all that is answered, and nothing is answered that it does not say."""

from __future__ import annotations

import itertools
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.rest.conftest import question, waits

EXAMPLES = 5
SHUT = 1  # examples of a route that lets nobody in who is not signed in: more are answered alike
# Not asked: what would end the session that the others ask with, and what never ends (tests/rest/test_hub.py).
ENDING = ("DELETE /api/v1/session", "GET /api/v1/offices/{office}/board/events")
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def the_description(client: Any) -> Any:
    return client.get("/schema/openapi.json").json()


def test_every_json_route_is_described(client: Any) -> None:
    described = {(path, method) for path, methods in the_description(client)["paths"].items() for method in methods}
    for route in client.app.routes:
        for method in getattr(route, "route_handler_map", {}):
            if route.path_format.startswith("/api/") and method != "OPTIONS":
                assert (route.path_format, method.lower()) in described


def test_path_parameters_are_those_of_the_handlers(client: Any) -> None:
    for path, methods in the_description(client)["paths"].items():
        for operation in methods.values():
            named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert named == {part.partition("}")[0] for part in path.split("{")[1:]}


def test_every_example_fits_its_schema(client: Any) -> None:
    made = the_description(client)
    for where, schema, example in _examples(made):
        validator = Draft202012Validator({**schema, "components": made["components"]})
        assert not list(validator.iter_errors(example)), where


def _examples(made: Any) -> Any:
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            bodies = [("body", operation.get("requestBody", {}))]
            bodies += [(status, response) for status, response in operation["responses"].items()]
            for name, body in bodies:
                for media_type, content in body.get("content", {}).items():
                    values = [one["value"] for one in content.get("examples", {}).values()]
                    values += [content["example"]] if "example" in content else []
                    assert values or media_type not in ("application/json", "application/problem+json") or \
                        path == "/schema/openapi.json", (path, method, name)
                    for value in values:
                        yield (path, method, name), content["schema"], value
            for parameter in operation["parameters"]:
                yield (path, method, parameter["name"]), parameter["schema"], parameter["example"]


def test_what_a_new_token_is_good_for_is_linked(client: Any) -> None:
    paths = the_description(client)["paths"]
    names = {operation["operationId"]: operation for methods in paths.values() for operation in methods.values()}
    makers = (("post_bookings", "201", "token"), ("post_bookings_token_move", "200", "token"),
              ("post_waiting_list", "201", "entry"))
    for name, status, as_ in makers:
        links = names[name]["responses"][status]["links"]
        taking = {name for name, operation in names.items()
                  if any(p["name"] == as_ for p in operation["parameters"])}
        assert {link["operationId"] for link in links.values()} == taking


def test_whoever_reads_a_body_may_find_it_too_large_or_too_slow(client: Any) -> None:
    for path, methods in the_description(client)["paths"].items():
        for operation in methods.values():
            reads = "requestBody" in operation or any(p["name"] == "Idempotency-Key" for p in operation["parameters"])
            assert ({"408", "413"} <= set(operation["responses"])) == reads, path


def test_the_page_is_ours_alone(client: Any) -> None:
    answer = client.get("/schema")
    assert answer.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert "`" not in answer.text, "words that stand as code in the description do so on the page"
    assert "Header <code>Retry-After</code>" in answer.text
    assert "http://" not in answer.text.replace("http://json-schema.org", "")
    for path in the_description(client)["paths"]:
        assert path in answer.text
    assert client.get("/schema/schema.css").headers["content-type"].startswith("text/css")


def test_a_problem_type_leads_to_its_meaning(client: Any, free: Any) -> None:
    problem = client.post("/api/v1/bookings", json={}).json()
    meaning = client.get(problem["type"])
    assert meaning.json()["code"] == problem["code"]
    assert client.get("/problems/nonsense").json()["code"] == "unknown_address"


CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
          allow_header_conformance)


@pytest.mark.parametrize("role", [None, "manager"])
def test_nothing_undocumented_is_answered(antre: Any, client: Any, free: Any, signed_in: Any, role: str | None) -> None:
    """Schemathesis asks every route with what fits the description and with what does not."""
    headers = signed_in(role) if role else {}
    token = client.post("/api/v1/bookings", json=question(900, free()[0])).json()["token"]
    entry = client.post("/api/v1/waiting-list", json=waits(901)).json()["token"]
    schema = schemathesis.openapi.from_asgi("/schema/openapi.json", client.app)
    statuses: dict[str, set[int]] = {}
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.label in ENDING:
            continue
        shut = role is None and "security" in operation.definition.raw
        inputs = (*operation.path_parameters, *operation.query, *operation.headers, *operation.body)
        for mode in GenerationMode if inputs and not shut else (GenerationMode.POSITIVE,):
            ask = _asker(SHUT if shut else EXAMPLES, headers, {"token": token, "entry": entry, "office": "balikpapan",
                                  "counter": "loket-1"},
                         statuses.setdefault(operation.label, set()))
            hypothesis.given(case=operation.as_strategy(generation_mode=mode))(ask)()
    assert len(statuses) > 23
    assert 200 in statuses["GET /api/v1/waiting-list/{entry}"]
    assert 200 in statuses["GET /api/v1/bookings/{token}"], "some questions are about what there is"
    assert (200 in statuses["GET /api/v1/offices/{office}/queue"]) == (role is not None)


def _asker(examples: int, headers: dict[str, str], known: dict[str, str], statuses: set[int]) -> Any:
    """Asks as generated, and every other time about what exists."""
    turn = itertools.cycle((True, False))

    @settings(max_examples=examples, deadline=None, database=None, derandomize=True,
              phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
    def ask(case: schemathesis.Case) -> None:
        if next(turn):
            case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
        response = case.call(headers=headers)
        statuses.add(response.status_code)
        case.validate_response(response, checks=list(CHECKS))

    return ask
