"""A sender's own receipts."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Query
from starlette.responses import Response

from hub.run.answers import receipt_json
from hub.store.receipts import Wanted, receipt_by_id, receipts_of
from hub.web.callers import HubOf, ReceiptReader
from hub.web.descriptions import API, problems
from hub.web.problems import CallRefusedError
from hub.web.shapes import ReceiptPageShape, ReceiptQuery, ReceiptShape
from schemas.receipts import Status

router = APIRouter(prefix=API, tags=["receipts"])


@router.get(
    "/receipts",
    operation_id="list_receipts",
    summary="Receipts of the caller's agency in the order in which they were written or changed",
    response_model=ReceiptPageShape,
    responses=problems("parameter_invalid", "token_missing", "token_invalid", "scope_missing"),
)
def list_receipts(
    hub: HubOf,
    reader: ReceiptReader,
    query: Annotated[ReceiptQuery, Query()],
) -> Response:
    """One page; `since` of the answer continues after it also when receipts are added meanwhile."""
    wanted = Wanted(
        source=query.source,
        event_id=query.id,
        status=None if query.status is None else Status(query.status),
        since=query.since,
        offset=(query.page - 1) * query.limit,
        limit=query.limit,
    )
    with hub.database.transaction() as connection:
        found = receipts_of(connection, reader.agency, wanted)
    answer = {
        "receipts": [receipt_json(receipt) for _, receipt in found],
        "since": found[-1][0] if found else query.since,
        "page": query.page,
        "limit": query.limit,
    }
    return Response(orjson.dumps(answer), media_type="application/json")


@router.get(
    "/receipts/{receipt_id}",
    operation_id="get_receipt",
    summary="One receipt of the caller's agency",
    response_model=ReceiptShape,
    responses=problems("parameter_invalid", "token_missing", "token_invalid", "scope_missing", "not_found"),
)
def get_receipt(hub: HubOf, reader: ReceiptReader, receipt_id: UUID) -> Response:
    """Another agency's receipt is not there."""
    with hub.database.transaction() as connection:
        receipt = receipt_by_id(connection, reader.agency, receipt_id)
    if receipt is None:
        raise CallRefusedError("not_found")
    return Response(orjson.dumps(receipt_json(receipt)), media_type="application/json")
