"""What the machine of the ledger chooses from, at random."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.support.ledger_steps import ANALYSES, PROCESSES

analyses = st.sampled_from(ANALYSES)
workers = st.sampled_from(list(PROCESSES))
some = st.integers(0, 30)
#: The statement before which the process dies, BEGIN and COMMIT among them; mostly it does not.
crashes = st.one_of(st.none(), st.none(), st.none(), st.integers(0, 9))
