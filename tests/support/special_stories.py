"""Sequences of operations that take more than examples: forms, files, rows of others."""

from collections.abc import Awaitable, Callable

from app.clock import local_day, utc_now
from tests.support.contract import CONTRACT, OPERATIONS
from tests.support.example_world import World, check
from tests.support.reports import COMPLETED
from tests.support.sample import plan_file


async def _reopen(world: World) -> None:
    url = f"/v1/assignments/{world.ids['assignment_id']}/submissions/2026?submit=true"
    async with await world.by("sample-reporter-sngv") as http:
        filed = await http.put(url, json=COMPLETED)
    async with await world.by("sample-coordinator") as http:
        url = f"/v1/submissions/{filed.json()['id']}/accept"
        accepted = await http.post(url, json={"attempt": 1})

    assert (filed.status_code, accepted.status_code) == (200, 200)
    await world.ask("sample-coordinator", "reopenAssignment")


async def _import(world: World) -> None:
    files = {"file": ("ke-hoach.docx", plan_file())}
    async with await world.by("sample-issuer") as http:
        later = {"Prefer": "respond-async"}
        check("importPlan", await http.post("/v1/plan-imports", files=files, headers=later))
        check("importPlan", await http.post("/v1/plan-imports?dry_run=true", files=files))
        check("importPlan", await http.post("/v1/plan-imports", files=files))


async def send_document(world: World) -> None:
    """A package is taken, once, and read again."""
    body = OPERATIONS["receiveDocument"][2]["requestBody"]["content"]["application/xml"]
    package = {
        "content": body["schema"]["examples"][0].encode(),
        "headers": {"content-type": "application/xml"},
    }
    async with await world.by("sample-reporter-sngv") as http:
        made = await http.post("/v1/documents", **package)
        check("receiveDocument", made)
        check("receiveDocument", await http.post("/v1/documents", **package))
        check("getDocument", await http.get(made.headers["Location"]))
    world.ids["document_id"] = made.json()["id"]


async def _packages(world: World) -> None:
    await send_document(world)
    for name in ("putSubmission", "submitSubmission", "getSubmissionPackage"):
        await world.ask("sample-reporter-sngv", name)


async def _tokens(world: World) -> None:
    properties = CONTRACT["components"]["schemas"]["IssueTokenForm"]["properties"]
    form = {name: field["examples"][0] for name, field in properties.items()}
    [secret] = [s["client_secret"] for s in world.secrets if s["client_id"] == form["client_id"]]

    async with world.anybody() as http:
        issued = await http.post("/oauth/token", data=form | {"client_secret": secret})
        token = {"token": issued.json()["access_token"]}
        account = (form["client_id"], secret)
        known = await http.post("/oauth/introspect", data=token, auth=account)
        ended = await http.post("/oauth/revoke", data=token, auth=account)

    check("issueToken", issued)
    check("introspectToken", known)
    check("revokeToken", ended)


async def _sign(world: World) -> None:
    """A report is signed on the day on which it was frozen, or later."""
    await world.ask("sample-coordinator", "consolidateReport")
    signing = {
        "number": "123/BC-SVHTTDL",
        "signed_on": local_day(utc_now()).isoformat(),
        "signer": "Nguyễn Văn Mẫu",
    }
    async with await world.by("sample-coordinator") as http:
        url = f"/v1/reports/{world.ids['consolidated_report_id']}/sign-off"
        check("signReportOff", await http.post(url, json=signing))


SPECIAL: dict[str, Callable[[World], Awaitable[None]]] = {
    "completed": _reopen,
    "file": _import,
    "packages": _packages,
    "signed": _sign,
    "tokens": _tokens,
}
IN_SPECIAL = {
    "reopenAssignment",
    "importPlan",
    "receiveDocument",
    "getDocument",
    "getSubmissionPackage",
    "signReportOff",
    "issueToken",
    "introspectToken",
    "revokeToken",
}
