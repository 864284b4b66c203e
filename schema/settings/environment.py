"""Settings: read from the environment, `TRIAGE_*`, or from `.env` in the current directory."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal

from pydantic import ByteSize, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from schema.settings.broker_url import parse_broker_url
from schema.settings.database_url import parse_database_url

#: Names that SQLAlchemy gives the databases, and the one driver of each that we use.
DATABASES = ("postgresql", "postgresql+psycopg", "sqlite", "sqlite+pysqlite")

#: Documents or jobs that one statement may name, each with a parameter: PostgreSQL takes 65,535 of
#: these in all, SQLite by default 32,766.
MAX_STATEMENT_IDS = 10_000


class SettingsError(ValueError):
    """A setting is wrong. Its text is one sentence: which, what it was, and what it may be."""


class Settings(BaseSettings):
    """Holds all settings; `.env.example` documents each. Times are in seconds."""

    model_config = SettingsConfigDict(env_prefix="TRIAGE_", env_file=".env", extra="ignore")

    #: Folder of what runs without servers, for its owner alone: the SQLite database, the embedded
    #: Redis.
    home: Path = Path(".triage")
    #: SQLAlchemy URL; SQLite in `home` when unset.
    database_url: SecretStr | None = None
    #: `redis://`, `rediss://` (TLS), `sentinel://`; an embedded server in `home` when unset.
    redis_url: SecretStr | None = None
    #: `pocket`, `hub`, or the path of a catalog.
    models: str = "pocket"
    #: `cpu`, `cuda:0`, …; the first GPU that is visible, else the CPU, when `auto`.
    device: str = "auto"
    #: Folder for `<run>.rejects.jsonl` of new runs; `Run.rejects_files` has those of all.
    rejects: Path = Path(".")
    #: Folder of the user's own reports, `<name>.sql`; none when unset.
    reports: Path | None = None

    #: Characters of a text; a longer one is rejected.
    text_limit: int = Field(default=100_000, gt=0)
    #: Rows that are stored in one transaction.
    block_size: int = Field(default=5_000, gt=0)
    #: Documents in a job at the most.
    job_size: int = Field(default=256, gt=0, le=MAX_STATEMENT_IDS)

    #: Messages kept in Redis for each analysis at the least; more if more workers are busy.
    window: int = Field(default=4, gt=0, le=MAX_STATEMENT_IDS)
    #: How long a claim holds without a heartbeat.
    lease: float = Field(default=30, gt=0)
    #: Between two heartbeats of a running job.
    heartbeat: float = Field(default=10, gt=0)
    #: Between two rounds of maintenance, which reaps and dispatches.
    upkeep: float = Field(default=5, gt=0)
    #: After which a queued job's message counts as lost and is sent again.
    message_timeout: float = Field(default=30, gt=0)
    #: A batch that takes longer hangs, and its child is ended.
    batch_timeout: float = Field(default=600, gt=0)
    #: Given to running jobs when a worker is told to end; then they are released.
    grace: float = Field(default=8, ge=0)
    #: Claims of a job of one document before it is given up.
    max_attempts: int = Field(default=3, gt=0)
    #: A child must have loaded its models by then.
    load_timeout: float = Field(default=900, gt=0)
    #: Intra-op threads of a child on the CPU; cores divided by children when 0.
    threads: int = Field(default=0, ge=0)
    #: What the models of a child may take together, e.g. `8GB`; when unset half of a GPU's memory,
    #: or of the RAM, divided by the node's children.
    model_memory: ByteSize | None = Field(default=None, gt=0)

    #: The password of the role that `triage init --reader` makes.
    reader_password: SecretStr | None = Field(default=None, min_length=1)

    #: How the lines of a node's log are written: for people, or an object of JSON each.
    log_format: Literal["text", "json"] = "text"
    #: The least that is written of it.
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"

    #: Bytes that should be free on each disk that is written to; `triage doctor` says when not.
    disk_reserve: ByteSize = Field(default=ByteSize(1_000_000_000), ge=0)

    #: `user:password` for Flower's pages.
    flower_auth: SecretStr | None = None
    flower_port: int = Field(default=5555, gt=0, lt=65536)
    #: TCP port of `triage metrics`.
    metrics_port: int = Field(default=9464, gt=0, lt=65536)

    #: Of the served page.
    serve_port: int = Field(default=8642, gt=0, lt=65536)
    #: Addresses of proxies with TLS before it, with commas between: what they say of the client
    #: and of TLS is believed. None when unset.
    serve_proxies: str | None = None
    #: A login of the served page ends without a request …
    serve_idle: float = Field(default=8 * 3600, gt=0)
    #: … and after so long in all.
    serve_longest: float = Field(default=7 * 24 * 3600, gt=0)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: SecretStr | None) -> SecretStr | None:
        if url is None:
            return None
        if parse_database_url(url.get_secret_value()).drivername not in DATABASES:
            raise ValueError("must begin with postgresql:// or sqlite:///")
        return url

    @field_validator("redis_url")
    @classmethod
    def _known_broker(cls, url: SecretStr | None) -> SecretStr | None:
        if url:
            parse_broker_url(url.get_secret_value())
        return url

    @field_validator("serve_proxies")
    @classmethod
    def _are_addresses(cls, proxies: str | None) -> str | None:
        for one in (proxies or "").split(","):
            try:
                if one.strip():
                    ip_network(one.strip(), strict=False)
            except ValueError:
                raise ValueError(
                    "must be addresses with commas between, as in 127.0.0.1,10.0.0.0/8"
                ) from None
        return proxies

    @field_validator("model_memory", mode="wrap")
    @classmethod
    def _is_size(cls, size: Any, parse: Callable[[Any], ByteSize | None]) -> ByteSize | None:
        try:
            return parse(size)
        except ValidationError:
            raise ValueError("must be bytes, more than 0, as in 8GB or 512MiB") from None

    @model_validator(mode="after")
    def _heartbeat_in_time(self) -> Settings:
        if self.heartbeat > self.lease / 2:
            raise ValueError(
                f"TRIAGE_HEARTBEAT={self.heartbeat:g} must be at most half of "
                f"TRIAGE_LEASE={self.lease:g}, or healthy jobs lose their lease"
            )
        return self

    @property
    def database(self) -> str:
        """The database's URL with its password: never print it."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.home / 'triage.db'}"


def read_settings() -> Settings:
    """Read the settings anew, as they are now.

    Raises:
        SettingsError: Names the first variable that is wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        name = "".join(f"TRIAGE_{part}: ".upper() for part in fault["loc"])
        raise SettingsError(name + fault["msg"].removeprefix("Value error, ")) from None


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return read_settings()
