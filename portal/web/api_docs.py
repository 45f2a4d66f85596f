"""A readable page of the portal's HTTP interfaces, rendered here: no script, no foreign server."""

from collections import defaultdict
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from portal.web.auth import MaybeCitizen
from portal.web.render import page

router = APIRouter(include_in_schema=False)

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One call as the page shows it."""

    methode: str
    pfad: str
    text: str
    parameter: list[str]
    rumpf: str | None
    antworten: list[str]


@router.get("/api/docs")
async def show(request: Request, citizen: MaybeCitizen) -> Response:
    """All calls, grouped by their tag."""
    schema = request.app.openapi()
    groups: dict[str, list[Operation]] = defaultdict(list)
    for path, item in schema["paths"].items():
        for method in METHODS:
            if method in item:
                groups[item[method].get("tags", ["Weitere"])[0]].append(
                    _operation(path, method, item[method])
                )
    return page(request, "api_docs.html", openapi=schema["openapi"], gruppen=sorted(groups.items()))


def _operation(path: str, method: str, item: dict[str, object]) -> Operation:
    parameters = item.get("parameters", [])
    body = item.get("requestBody", {})
    responses = item.get("responses", {})
    assert isinstance(parameters, list)  # noqa: S101  (OpenAPI's shape)
    assert isinstance(body, dict)  # noqa: S101
    assert isinstance(responses, dict)  # noqa: S101
    return Operation(
        methode=method.upper(),
        pfad=path,
        text=str(item.get("description") or item.get("summary") or ""),
        parameter=[f"{p['name']} ({p['in']})" for p in parameters],
        rumpf=", ".join(body.get("content", {})) or None,
        antworten=list(responses),
    )
