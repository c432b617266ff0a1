"""Allowances of requests and of stored bytes, shared by all processes."""

import uuid
from datetime import datetime

from sqlmodel import Field, SQLModel


class RequestAllowance(SQLModel, table=True):
    """The moment up to which a client's requests are paid (GCRA's theoretical arrival time).

    Unlogged: written often, and after a crash everybody starts with a full allowance.
    """

    __tablename__ = "allowance"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    client_id: uuid.UUID = Field(primary_key=True)
    paid_until: datetime


class StorageAllowance(SQLModel, table=True):
    """The moment up to which a client has paid for the bytes that it sends to be stored, as it pays
    for requests."""

    __tablename__ = "storage_allowance"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    client_id: uuid.UUID = Field(primary_key=True)
    paid_until: datetime
