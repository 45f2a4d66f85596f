"""The routes of an app as it has them: names, dependencies, and the fields that each reads. New routes appear by themselves."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from fastapi import FastAPI, params
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.routing import Mount, Route

HEAD_ONLY = {"HEAD", "OPTIONS"}


def calls(dependant: Dependant) -> Iterator[object]:
    """Every dependency of a route, nested ones too."""
    yield dependant.call
    for child in dependant.dependencies:
        yield from calls(child)


def routes(app: FastAPI) -> Iterator[tuple[str, APIRoute | Route | Mount]]:
    """All routes with their names (`POST /mein/daten`), those of included routers too."""

    def walk(some: list[Any]) -> Iterator[tuple[str, APIRoute | Route | Mount]]:
        for route in some:
            if isinstance(route, Mount):
                yield f"MOUNT {route.path}", route
            elif isinstance(route, APIRoute | Route):
                for method in (route.methods or set()) - HEAD_ONLY:
                    yield f"{method} {route.path}", route
            else:
                original = getattr(route, "original_router", None)
                assert original is not None, f"a route of an unknown kind: {route!r}"
                yield from walk(original.routes)

    yield from walk(app.router.routes)


@dataclass(frozen=True)
class Field:
    """One value that a route reads. `place`: path, query, form, file or json; `key`: its name on the wire."""

    key: str
    place: str


def fields(route: APIRoute) -> list[Field]:
    """Everything that a caller can put into a request of this route, headers and cookies excepted."""
    found = [Field(name, "path") for name in re.findall(r"{(\w+)", route.path)]

    def walk(dependant: Dependant) -> None:
        found.extend(Field(one.alias, "query") for one in dependant.query_params)
        for one in dependant.body_params:
            if (model := _model(one.field_info.annotation)) is not None:
                found.extend(Field(name, "json") for name in model.model_fields)
            else:
                place = "file" if isinstance(one.field_info, params.File) else "form"
                found.append(Field(one.alias, place))
        for child in dependant.dependencies:
            walk(child)

    walk(route.dependant)
    return found


def _model(annotation: Any) -> type[BaseModel] | None:
    """The JSON body behind an annotation, also where it may be left out."""
    for one in (annotation, *get_args(annotation)):
        if isinstance(one, type) and issubclass(one, BaseModel):
            return one
    return None


def models(route: APIRoute) -> list[type[BaseModel]]:
    """The JSON bodies of a route."""
    found = (_model(one.field_info.annotation) for one in route.dependant.body_params)
    return [model for model in found if model is not None]


def filled(path: str, things: Mapping[str, str]) -> str:
    """The path with its parameters; raises KeyError for one that nobody thought of."""
    return re.sub(r"{(\w+)(?::\w+)?}", lambda hit: things[hit[1]], path)
