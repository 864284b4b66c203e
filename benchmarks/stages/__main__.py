"""What a document costs, stage by stage, in processor time, and how many bytes of it stay where.

python -m benchmarks.stages [--documents 20000] [--only sqlite|postgresql] [--models 64]
    [--catalog pocket]

From a CSV file through the ledger, with made-up results of `sentiment` and `entities`, to reports
and the page, in a database and a Redis of its own; then the models of a catalog by themselves, on
one thread. Microseconds are of processor, so that other work of the machine is hardly in them.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from benchmarks.reports.databases import databases, server_of
from benchmarks.stages.ledger_stages import LedgerStages
from benchmarks.stages.stage import HEADER, Stages
from producer.nodes import embedded_redis
from schema.database import open_engine
from schema.migrations.revision import upgrade
from schema.settings import Settings


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stages")
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--models", type=int, default=64, help="documents for models; 0: none")
    parser.add_argument("--catalog", default="pocket")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        broker = embedded_redis.start(folder / "redis")
        stack.callback(broker.stop)
        for url in databases(stack, asked.only):
            config = Settings(
                database_url=SecretStr(url), redis_url=SecretStr(broker.url), rejects=folder
            )
            run_ledger(config, asked.documents, folder)
    if asked.models:
        # It imports torch.
        from benchmarks.stages.model_stages import run_models
        from workers.runtime.threads import limit_threads

        limit_threads(1)
        print(f"\nmodels of {asked.catalog}, one thread\n{HEADER}")
        run_models(Stages(), asked.models, asked.catalog)


def run_ledger(config: Settings, documents: int, folder: Path) -> LedgerStages:
    """Take documents through one database, and print what they cost and leave."""
    assert config.database_url is not None
    engine = open_engine(config.database_url.get_secret_value())
    upgrade(engine)
    print(f"\n{engine.dialect.name}, {documents:,} documents\n{HEADER}")
    ledger = LedgerStages(engine, Stages(server_of(engine)), config, folder)
    ledger.run(documents)
    for name, size in ledger.bytes.items():
        print(f"{name:<34}{size:>14,.1f} bytes")
    engine.dispose()
    return ledger


if __name__ == "__main__":
    main()
