"""Orders about certificates: fingerprints are shown, keys never; what is used stays."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from tests.console.dialogues import Conversation
from tests.operations.world import World


@pytest.fixture
def person(world: World) -> Conversation:
    return Conversation(world.call)


def test_certificate_is_made_listed_and_shown(world: World, person: Conversation) -> None:
    assert person.say("certificate list") == "OK"
    made = person.say("certificate make names=boiler.example,10.4.1.20 days=400")
    fingerprint = world.parts.certificates.get("self").fingerprint
    assert made.splitlines()[0] == f"SHA-256 {fingerprint}"
    assert made.splitlines()[1] == "until 2027-12-26, for boiler.example, 10.4.1.20"
    assert fingerprint in person.say("certificate list csv")
    shown = person.say("certificate show")
    assert f"fingerprint  {fingerprint}" in shown
    assert "PRIVATE" not in shown + made
    assert '"names":["boiler.example","10.4.1.20"]' in person.say("certificate show self json")


def test_public_part_is_written_and_the_key_stays(world: World, person: Conversation) -> None:
    person.say("certificate make")
    answer = person.say("certificate export")
    (file,) = world.parts.files.glob("self-*.pem")
    written = file.read_text()
    assert answer.splitlines()[:-1] == written.splitlines()
    assert x509.load_pem_x509_certificate(written.encode()).fingerprint(SHA256()).hex(":").upper() == (
        world.parts.certificates.get("self").fingerprint
    )
    assert "PRIVATE" in world.parts.certificates.path("self").read_text()
    assert "PRIVATE" not in written


def test_certificate_in_use_is_not_deleted(world: World, person: Conversation) -> None:
    person.say("certificate make")
    assert "tls.certificate" in person.say("certificate delete self confirm=yes")
    person.say("certificate make other")
    assert person.say("certificate delete other confirm=yes") == "OK"
    assert world.parts.certificates.find("other") is None


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("certificate show office", "ERROR There is no certificate office: none was made yet."),
        ("certificate show ../keyfile", "ERROR An alias is 1 to 63 of A-Z a-z 0-9 _ -, not ../keyfile."),
        ("certificate make names=bücher.example", "ERROR A certificate is made for host names in ASCII"),
        ("certificate make days=9000", "ERROR days of certificate make takes 1 to 7300 days, not 9000"),
    ],
)
def test_refusals_say_what_is_wrong(person: Conversation, line: str, sentence: str) -> None:
    assert person.say(line).startswith(sentence)
