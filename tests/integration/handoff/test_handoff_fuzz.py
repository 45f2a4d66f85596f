"""Any bytes at the gateway's public door: an answer in its own error shape, never a fault of ours, nothing lost."""

import json
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SETTINGS = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["client_id", "text", "payload", "values", "lang"])
BODIES = st.one_of(
    st.binary(max_size=300),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(NAMES, JSON, max_size=4).map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=40).map(lambda raw: b'{"client_id": "a", "text": "' + raw + b'"}'),
)
TYPES = st.sampled_from(
    ["application/json", "text/plain", "", "application/json; charset=utf-16", "x/y; \x7f"]
)


def told_properly(answer):
    """2xx, or an error with code and sentence."""
    if answer.status_code < 300:
        return True
    body = answer.json()
    return 400 <= answer.status_code < 500 and body["code"] and body["message"]


@SETTINGS
@given(BODIES, TYPES)
async def test_any_body(town, body, kind):
    handle = await town.start()
    for path in ("", f"/{handle}/messages", f"/{handle}/login", f"/{handle}/close", "/internal/events"):
        answer = await town.http.post(
            f"/api/conversations{path}", content=body, headers={"Content-Type": kind}
        )
        assert told_properly(answer), (path, answer.status_code, answer.text)


@SETTINGS
@given(st.text(max_size=200))
async def test_a_text_is_stored_as_it_was_or_refused(town, text):
    handle = await town.start()
    body = json.dumps({"client_id": "a", "text": text})
    answer = await town.http.post(
        f"/api/conversations/{handle}/messages", content=body, headers={"Content-Type": "application/json"}
    )
    assert told_properly(answer)
    await town.idle()
    said = [m["text"] for m in (await town.read(handle))["messages"] if m["author"] == "citizen"]
    assert len(said) == (answer.status_code == 201)
    assert len((await town.read(handle))["messages"]) == 2 * len(said), "each message is answered"


@SETTINGS
@given(st.binary(max_size=60), st.dictionaries(st.sampled_from(["after", "x"]), st.text(max_size=20)))
async def test_any_address(town, handle, query):
    answer = await town.http.get(f"/api/conversations/{quote(handle, safe='')}/messages", params=query)
    assert told_properly(answer) or answer.status_code == 307
