"""A network of hosts on one machine: each a network namespace with a host name of its own, joined
by a switch. A host that is cut off still has its link: packets vanish without a word, as behind a
switch that has died.

Needs root, and `ip`, `nsenter` and `unshare`. Everything is gone when this process ends.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from producer.nodes.lifetime import dying_with_us, end
from tests.support.waiting import wait_until

#: Of the servers, which are in the namespace of this process, where the switch is.
SERVERS = "10.77.0.1"
#: Set in a process that is in a network namespace of its own already.
INSIDE = "TRIAGE_TEST_NETWORK"
#: Seconds.
PATIENCE = 20.0


def reason_for_none() -> str | None:
    """Why there can be no such network here; None if there can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    missing = [tool for tool in ("ip", "nsenter", "unshare") if shutil.which(tool) is None]
    if missing:
        return f"there is no {', '.join(missing)} (Debian: iproute2, util-linux)"
    # A container may run as root, and yet not be allowed to.
    tried = subprocess.run(
        ["unshare", "--net", "--uts", "ip", "link", "add", "switch", "type", "bridge"],
        capture_output=True,
        text=True,
    )
    return f"no network may be made here: {tried.stderr.strip()}" if tried.returncode else None


def go_inside(module: str) -> None:
    """Run this program anew in a network namespace of its own, unless it is in one."""
    if INSIDE not in os.environ:
        command = ["unshare", "--net", sys.executable, "-m", module, *sys.argv[1:]]
        os.execvpe(command[0], command, {**os.environ, INSIDE: "1"})


class Network:
    """The switch, to which hosts are joined.

    It is made in the network namespace of this process, which has to be its own.
    """

    def __init__(self) -> None:
        assert INSIDE in os.environ, "this is everybody's network"
        _run("ip", "link", "set", "lo", "up")
        _run("ip", "link", "add", "switch", "type", "bridge")
        _run("ip", "address", "add", f"{SERVERS}/24", "dev", "switch")
        _run("ip", "link", "set", "switch", "up")
        self._hosts: list[Host] = []

    def join(self, name: str) -> Host:
        """A new host with the next address."""
        host = Host(name, f"{SERVERS[:-1]}{len(self._hosts) + 2}")
        self._hosts.append(host)
        return host

    def forget_soon(self) -> None:
        """From now on a server that ends does not tell a host that is cut off for long: when the
        host is back, it knows nothing of it.
        """
        Path("/proc/sys/net/ipv4/tcp_orphan_retries").write_text("1")

    def close(self) -> None:
        """End all hosts."""
        for host in self._hosts:
            host.close()


class Host:
    """A host: programs run on it with `prefix`.

    Args:
        name: Its host name.
        address: Its own.
    """

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        # The namespaces are there as long as this process.
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--uts", "sh", "-c", f"hostname {name}; exec sleep infinity"],
            start_new_session=True,
            preexec_fn=dying_with_us(),
        )
        pid = str(self._holder.pid)
        wait_until(lambda: Path(f"/proc/{pid}/comm").read_text() == "sleep\n", PATIENCE, name)
        self.prefix: Sequence[str] = ("nsenter", "--target", pid, "--net", "--uts", "--")
        _run("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", pid)
        _run("ip", "link", "set", name, "up")
        self.mend()
        _run(*self.prefix, "ip", "link", "set", "lo", "up")
        _run(*self.prefix, "ip", "address", "add", f"{address}/24", "dev", "eth0")
        _run(*self.prefix, "ip", "link", "set", "eth0", "up")

    def cut(self) -> None:
        """Take its cable out of the switch, at the switch."""
        _run("ip", "link", "set", self.name, "nomaster")

    def mend(self) -> None:
        """Put it in again."""
        _run("ip", "link", "set", self.name, "master", "switch")

    def close(self) -> None:
        """End it."""
        end(self._holder, PATIENCE)


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
