"""The result channel: forging, closing and flooding it.

Code can always forge the reply to its own call, as it shares a process with what writes it. It must not get
further: the parent takes nothing it did not ask for, raises nothing but SandboxError, and the next call is
answered by the next call's code.
"""

from attacks import HELD, Attack

_BROKEN = HELD | {"killed", "timeout", "output_limit", "memory"}

# `reply(fields)` answers the call that runs, with the nonce found in the frames above; `frame` the bytes of it.
FORGE = """
import gc, json, struct
above = sys._getframe()
while above and "nonce" not in above.f_locals:
    above = above.f_back
nonce = above.f_locals["nonce"] if above else bytes(16)
def frame(fields, nonce=nonce, pixels=0):
    body = fields if isinstance(fields, bytes) else json.dumps(fields).encode()
    return struct.pack("!16sII", nonce, len(body), pixels) + body
def reply(fields, pixels=0):
    os.write(3, frame(fields, pixels=pixels))
    time.sleep(0.05)
def fields(**others):
    return {"output": "", "error": "", "status": "ok", "seconds": 0.1, "peak_memory": 1, "figures": []} | others
"""


def _forged(name: str, fields: str, pixels: int = 0) -> Attack:
    """The reply of the own call with one odd field."""
    return Attack(f"a reply with {name}", f"{FORGE}reply(fields({fields}), {pixels})", ends=_BROKEN)


ATTACKS = (
    Attack("close the channel", "os.close(3)", ends=frozenset(("killed",))),
    Attack("close every descriptor", "os.closerange(0, 4096)", ends=_BROKEN),
    Attack(
        "another file as the channel",
        "os.dup2(os.open('own', os.O_RDWR | os.O_CREAT), 3)\nprint(1)",
        ends=frozenset(("killed", "timeout")),
    ),
    Attack("the captured output as the channel", "os.dup2(1, 3)\nprint(1)", ends=frozenset(("killed", "timeout"))),
    Attack("take the next call", ("os.set_blocking(3, False)", "6 * 7"), ends=_BROKEN),
    Attack("noise on the channel", "os.write(3, os.urandom(1000))", ends=frozenset(("killed",))),
    Attack("zeros on the channel", "os.write(3, bytes(1000))", ends=frozenset(("killed",))),
    Attack(
        "a flood on the channel",
        "for _ in range(2000):\n    os.write(3, bytes(1 << 20))",
        ends=frozenset(("killed",)),
    ),
    Attack(
        "a reply with a guessed nonce",
        FORGE + "os.write(3, frame(fields(output='BREACH'), bytes(16)))",
        ends=frozenset(("killed",)),
    ),
    Attack(
        "a reply to the next call, ahead of it",
        (
            FORGE + "os.write(3, frame(fields()) + frame(fields(output='BREACH')))\ntime.sleep(0.1)",
            "print('next')",
        ),
        ends=_BROKEN,
    ),
    Attack(
        "two replies to one call",
        (
            """
from mathcoder.sandbox import wire
write = wire.write_reply
def twice(fd, nonce, reply, pixels=b""):
    write(fd, nonce, reply, pixels)
    write(fd, nonce, reply | {"output": "BREACH"}, pixels)
wire.write_reply = twice
""",
            "print('next')",
        ),
        ends=_BROKEN,
        errors=("ModuleNotFoundError",),
    ),
    Attack(
        "the nonce of the call before",
        (
            FORGE + "import builtins\nbuiltins.kept = nonce",
            FORGE + "import builtins\nos.write(3, frame(fields(output='BREACH'), builtins.kept))",
        ),
        ends=_BROKEN,
    ),
    Attack("a reply that is no JSON", FORGE + "reply(b'[' * 100)", ends=_BROKEN),
    Attack("a reply that is no object", FORGE + "reply([])", ends=_BROKEN),
    Attack("a reply of great depth", FORGE + "reply(b'[' * 500_000)", ends=_BROKEN),
    Attack("a reply of great depth that ends", FORGE + "reply(b'[' * 200_000 + b']' * 200_000)", ends=_BROKEN),
    Attack(
        "a reply of 4 GB", FORGE + "os.write(3, struct.pack('!16sII', nonce, 2**32 - 1, 2**32 - 1))", ends=_BROKEN
    ),
    Attack("a reply with too many pixels", FORGE + "reply(fields(), 2**32 - 1)", ends=_BROKEN),
    Attack(
        "a reply that stops",
        FORGE + "os.write(3, frame(fields())[:-5])\ntime.sleep(20)",
        ends=frozenset(("timeout", "killed")),
    ),
    Attack(
        "a reply that comes byte by byte",
        FORGE
        + """
import signal
signal.signal(signal.SIGALRM, signal.SIG_IGN)
os.write(3, struct.pack("!16sII", nonce, 100_000, 60_000_000))
end = time.monotonic() + 20
while time.monotonic() < end:
    for _ in range(1000):
        os.write(3, b" ")
""",
        ends=frozenset(("timeout", "killed")),
    ),
    _forged("a list as status", "status=[]"),
    _forged("an object as status", "status={}"),
    _forged("an unknown status", "status='fine'"),
    _forged("numbers for text", "output=1, error=2"),
    _forged("lists for text", "output=['BREACH'], error={'a': 'BREACH'}"),
    _forged("surrogates", "output='\\ud800', error='\\udfff'"),
    _forged("text for numbers", "seconds='a', peak_memory='b'"),
    _forged("odd numbers", "seconds=float('nan'), peak_memory=float('inf')"),
    _forged("huge numbers", "seconds=10**400, peak_memory=-(10**400)"),
    _forged("no list of figures", "figures=5"),
    _forged("an object of figures", "figures={'ab': 1}"),
    _forged("a figure that is no pair", "figures=[1, [1], [1, 2, 3], 'ab', None]"),
    _forged("a figure of text", "figures=[['x', 2**33]]"),
    _forged("a figure of a list", "figures=[[[0], 2**33]]"),
    _forged("a huge figure", "figures=[[10**9, 10**9]]"),
    _forged("a figure of negative size", "figures=[[-1, -1], [-1, 1], [0, 0]]"),
    _forged("a figure of fractions", "figures=[[0.5, 1e308], [True, None]]"),
    _forged("a refusal of the gate", "own_process=[1]"),
    Attack("no field at all", FORGE + "reply({})", ends=_BROKEN),
    Attack(
        "replaced functions",
        (
            """
import json, resource
json.dumps = lambda *a, **k: "BREACH"
resource.getrusage = None
""",
            "print('next')",
        ),
        ends=_BROKEN,
        errors=("TypeError",),
    ),
    Attack(
        "a patched cell runner",
        (
            """
import gc
for thing in gc.get_objects():
    if type(thing).__name__ == "Cells":
        thing.run = lambda *a: None
import mathcoder.sandbox.child as child
child._reply = None
""",
            "print('next')",
        ),
        ends=_BROKEN,
        errors=("ModuleNotFoundError",),
    ),
    Attack(
        "frames of the caller",
        """
frame = sys._getframe()
while frame:
    frame.f_locals.clear()
    frame.f_globals.clear() if frame.f_globals is not globals() else None
    frame = frame.f_back
""",
        ends=_BROKEN,
        errors=("NameError", "TypeError", "KeyError"),
    ),
)
