"""Takes from Atlassian's public OpenAPI description of Jira Cloud what the desk uses: tests/data/jira_schemas.json.

    python tests/extract_jira_schemas.py jira-cloud-v3.openapi.json

The description is published with Atlassian's developer documentation under Apache 2.0. It describes version 3 of the
API; version 2, which the desk uses, has the same shapes except that rich text is a string there: paths are mapped
to /2, and what is rich text is left open. Words and examples are dropped, and so is everything no operation of ours
leads to.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

KEPT = Path(__file__).parent / "data" / "jira_schemas.json"
ISSUE, META = "/issue/{issueIdOrKey}", "/issue/createmeta/{projectIdOrKey}/issuetypes"
OPERATIONS = (
    ("GET", "/serverInfo"),
    ("GET", "/myself"),
    ("GET", "/mypermissions"),
    ("GET", "/project/{projectIdOrKey}"),
    ("GET", META),
    ("GET", f"{META}/{{issueTypeId}}"),
    ("POST", "/issue"),
    ("GET", ISSUE),
    ("PUT", ISSUE),
    ("GET", f"{ISSUE}/comment"),
    ("POST", f"{ISSUE}/comment"),
    ("GET", f"{ISSUE}/transitions"),
    ("POST", f"{ISSUE}/transitions"),
    ("PUT", f"{ISSUE}/assignee"),
    ("POST", f"{ISSUE}/watchers"),
    ("POST", f"{ISSUE}/attachments"),
    ("GET", "/user"),
    ("GET", "/user/search"),
    ("GET", "/search/jql"),
    ("POST", "/search/approximate-count"),
)
_WORDS = frozenset({"description", "example", "externalDocs", "title", "xml", "default", "readOnly", "writeOnly"})
_REF = "#/components/schemas/"


def extract(description: dict[str, Any]) -> dict[str, Any]:
    """Requests and answers of our operations, and the schemas they lead to."""
    operations = {f"{method} {path}": _operation(description, method, path) for method, path in OPERATIONS}
    schemas: dict[str, Any] = {}
    waiting = list(_references(operations))
    while waiting:
        name = waiting.pop()
        if name not in schemas:
            schemas[name] = _pruned(description["components"]["schemas"][name])
            waiting += _references(schemas[name])
    info = description["info"]
    about = {
        "what": "Parts of Atlassian's public OpenAPI description of the Jira Cloud platform REST API, mapped to /2",
        "title": info["title"],
        "version": info["version"],
        "license": info["license"]["name"],
        "made_by": "tests/extract_jira_schemas.py",
    }
    return {"about": about, "operations": operations, "components": {"schemas": dict(sorted(schemas.items()))}}


def _operation(description: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    found = description["paths"][f"/rest/api/3{path}"][method.lower()]
    answers = {status: _schema(answer) for status, answer in found["responses"].items() if status < "300"}
    return {
        "parameters": sorted(one["name"] for one in found.get("parameters", []) if one["in"] == "query"),
        "request": _schema(found.get("requestBody", {})),
        "answers": answers,
    }


def _schema(body: dict[str, Any]) -> dict[str, Any] | None:
    schema = body.get("content", {}).get("application/json", {}).get("schema")
    pruned: dict[str, Any] | None = _pruned(schema) if schema else None
    return pruned


def _pruned(schema: Any) -> Any:
    """The schema as JSON Schema says it: without words, and null where the description says nullable."""
    if isinstance(schema, list):
        return [_pruned(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    kept = {key: _pruned(value) for key, value in schema.items() if key not in _WORDS and not key.startswith("x-")}
    if "properties" in schema:  # a property may be called "description"
        kept["properties"] = {name: _pruned(one) for name, one in schema["properties"].items()}
    if kept.pop("nullable", False) and "type" in kept:
        kept["type"] = [kept["type"], "null"]
    return kept


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield str(schema["$ref"]).removeprefix(_REF)
        for value in schema.values():
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)


if __name__ == "__main__":
    KEPT.write_text(json.dumps(extract(json.loads(Path(sys.argv[1]).read_text())), indent=1) + "\n")
