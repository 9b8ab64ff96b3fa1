"""The machine itself: its interface, its address, its USB port; set in a network namespace of the test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from appliance.errors import HardwareError
from appliance.ports import FixedAddress, Link
from drivers.host.addresses import give_address
from drivers.host.network import HostNetwork
from drivers.host.usb import has_power
from tests.nobody import as_nobody, needs_root

GIVE = """
import sys
from ipaddress import IPv4Address
from appliance.ports import FixedAddress
from drivers.host.addresses import give_address
address, mask, *router = map(IPv4Address, sys.argv[1:])
give_address("lan0", FixedAddress(address=address, netmask=mask, gateway=router[0] if router else None))
"""
MAKE = "ip link add lan0 type bridge && ip link set lan0 up"
SHOW = "ip -4 -brief address show lan0; ip route show"


def after(*given: str) -> str:
    """What `ip` tells of a made-up interface once addresses (`address mask router`) were given to it in turn."""
    if not (shutil.which("unshare") and shutil.which("ip")):
        pytest.skip("unshare and ip are not here (apt-get install util-linux iproute2)")
    gifts = [f'"$PYTHON" -c "$GIVE" {words}' for words in given]
    script = " && ".join([MAKE, *gifts, f"{{ {SHOW}; }}"])
    environment = os.environ | {"GIVE": GIVE, "PYTHON": sys.executable}
    command = ["unshare", "--map-root-user", "--net", "sh", "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if "unshare" in done.stderr:
        pytest.skip(f"no namespaces here: {done.stderr.strip()}")
    assert not done.returncode, done.stderr
    return done.stdout


def interface(folder: Path, name: str, *, carrier: str, octets: int = 0) -> None:
    """As the kernel shows it."""
    (folder / name / "statistics").mkdir(parents=True)
    (folder / name / "device").mkdir()
    (folder / name / "carrier").write_text(f"{carrier}\n")
    for way in ("rx", "tx"):
        (folder / name / "statistics" / f"{way}_bytes").write_text(f"{octets}\n")


def test_first_interface_with_a_cable_is_the_network(tmp_path: Path) -> None:
    interface(tmp_path, "wired0", carrier="0")
    interface(tmp_path, "wired1", carrier="1", octets=21)
    network = HostNetwork(tmp_path)
    assert network.link() == Link(connected=True, octets=42, address="")
    assert network.first_device() == "wired1"


def test_interface_that_is_named_is_the_network(tmp_path: Path) -> None:
    interface(tmp_path, "wired0", carrier="0")
    interface(tmp_path, "wired1", carrier="1")
    assert not HostNetwork(tmp_path).link("wired0").connected


def test_without_any_cable_the_first_interface_is_set_up(tmp_path: Path) -> None:
    assert HostNetwork(tmp_path).first_device() == ""
    interface(tmp_path, "wired1", carrier="0")
    interface(tmp_path, "wired0", carrier="0")
    assert HostNetwork(tmp_path).first_device() == "wired0"


@pytest.mark.parametrize(
    ("state", "power"), [("not attached", False), ("powered", True), ("configured", True), ("suspended", True)]
)
def test_usb_port_of_the_board_has_power_when_a_computer_feeds_it(tmp_path: Path, state: str, power: bool) -> None:
    (tmp_path / "fe980000.usb").mkdir()
    (tmp_path / "fe980000.usb" / "state").write_text(f"{state}\n")
    assert has_power("/dev/null", tmp_path) is power


def test_without_such_a_port_the_adapter_of_the_line_tells(tmp_path: Path) -> None:
    line = tmp_path / "ttyUSB7"
    assert not has_power(str(line), tmp_path / "none")
    line.touch()
    assert has_power(str(line), tmp_path / "none")
    assert not has_power("", tmp_path / "none")


def test_interface_gets_address_mask_and_router() -> None:
    told = after("192.168.14.21 255.255.254.0 192.168.15.1")
    assert "192.168.14.21/23" in told
    assert "default via 192.168.15.1 dev lan0" in told


def test_another_address_takes_the_place_of_the_one_before() -> None:
    told = after("192.168.14.21 255.255.254.0 192.168.15.1", "10.4.0.7 255.0.0.0 10.0.0.1")
    assert "192.168" not in told
    assert "10.4.0.7/8" in told
    assert told.count("default") == 1
    assert "default via 10.0.0.1 dev lan0" in told


def test_address_without_a_router_leads_nowhere_else() -> None:
    told = after("192.168.14.21 255.255.254.0 192.168.15.1", "192.168.14.22 255.255.254.0")
    assert "192.168.14.22/23" in told
    assert "default" not in told


def test_another_router_takes_the_place_of_the_one_before() -> None:
    told = after("192.168.14.21 255.255.254.0 192.168.15.1", "192.168.14.21 255.255.254.0 192.168.14.1")
    assert "default via 192.168.14.1 dev lan0" in told
    assert told.count("default") == 1


@needs_root
def test_without_the_right_the_sentence_names_it() -> None:
    told = as_nobody(
        "from ipaddress import IPv4Address\n"
        "from appliance.errors import HardwareError\n"
        "from appliance.ports import FixedAddress\n"
        "from drivers.host.addresses import give_address",
        "one = IPv4Address('192.0.2.7')\n"
        "try:\n    give_address('lo', FixedAddress(address=one, netmask=one))\n"
        "except HardwareError as error:\n    print(error.sentence)",
    )
    assert told.strip() == "No right to set the network (CAP_NET_ADMIN)."


def test_machine_without_an_interface_says_so() -> None:
    one = IPv4Address("192.0.2.7")
    with pytest.raises(HardwareError, match="has no network interface"):
        give_address("", FixedAddress(address=one, netmask=one))
