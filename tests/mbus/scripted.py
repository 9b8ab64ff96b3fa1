"""A peer that answers by a script, in virtual time, and what the tests of the dialogues say to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from appliance.mbus.address import SecondaryAddress
from appliance.mbus.dialogue import (
    Conversation,
    Patience,
    Readout,
    Target,
    Wire,
    read_meter,
)
from appliance.mbus.dialogue.conversation import Dialogue
from appliance.mbus.dialogue.timing import transmission_time
from appliance.mbus.framer import Received
from appliance.mbus.frames import LongFrame

ACK = b"\xe5"
HEADER = bytes.fromhex("78563412 2d2c 08 04")  # 12345678-KAM-8-4
IDENTITY = SecondaryAddress.from_bytes(HEADER)
BROKEN_VOLTAGE = Received(bytes(20), tuple(range(20)))

Answer = tuple[float, bytes | Received]  # delay after the request's end, octets
BOTH: list[Answer] = [(0.02, Received(bytes(range(30, 60)), tuple(range(0, 30, 2))))]  # what two answers at once leave


def telegram(data: bytes = b"", *, address: int = 1, header: bytes = HEADER, access: int = 1) -> bytes:
    return LongFrame(0x08, address, 0x72, header + bytes((access, 0, 0, 0)) + data).to_bytes()


@dataclass
class Peer:
    """Answers by a script: the n-th request that was sent gets the n-th list of answers; the last one for ever."""

    script: list[list[Answer]]
    wire: Wire = field(default_factory=Wire)
    sent: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    now: float = 1000.0

    def talk(self, dialogue: Dialogue[object]) -> Conversation[object]:
        conversation = Conversation(dialogue, self.wire)
        coming: list[tuple[float, Received]] = []
        received = Received()
        while not conversation.over:
            action = conversation.step(self.now, received)
            if action.send:
                coming += self._answers(action.send)
            arrives = coming[0][0] if coming else float("inf")
            self.now = max(self.now, min(action.wait_until, arrives))
            received = coming.pop(0)[1] if arrives <= self.now else Received()
        return conversation

    def _answers(self, octets: bytes) -> list[tuple[float, Received]]:
        self.sent.append(octets)
        self.times.append(self.now)
        end = self.now + transmission_time(len(octets), self.wire.baud_rate)
        answers = []
        for delay, answer in self.script[min(len(self.sent), len(self.script)) - 1]:
            heard = answer if isinstance(answer, Received) else Received(answer)
            begins = end + delay
            for place in range(len(heard.octets)):
                arrives = begins + transmission_time(place + 1, self.wire.baud_rate)
                damaged = (0,) if place in heard.damaged else ()
                answers.append((arrives, Received(heard.octets[place : place + 1], damaged)))
        return answers


WAITS = (0.2, 1.5, 1.5)
PATIENT = Patience(select=WAITS, request=WAITS)
HASTY = Patience(select=WAITS[:1], request=WAITS[:1])
INSISTING = replace(PATIENT, insist=True)
PRIMARY = Target(address=1)
SELECTED = Target(address=0xFD, identity=IDENTITY)


def read(target: Target, script: list[list[Answer]], patience: Patience = PATIENT) -> tuple[Peer, Readout]:
    peer = Peer(script)
    conversation = peer.talk(read_meter(target, patience))
    assert conversation.error is None
    assert isinstance(conversation.result, Readout)
    return peer, conversation.result


def fail(target: Target, script: list[list[Answer]], patience: Patience = PATIENT) -> tuple[Peer, Exception]:
    peer = Peer(script)
    conversation = peer.talk(read_meter(target, patience))
    assert conversation.error is not None
    return peer, conversation.error
