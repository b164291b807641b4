"""Sockets of every family, names, and the kernel's other ways to talk."""

from attacks import Attack

ATTACKS = (
    Attack(
        "sockets of every family",
        """
import socket
each([lambda f=f, t=t: socket.socket(f, t) for f in range(46) for t in (1, 2, 3, 5)])
refused("socket", -1, -1, -1)
""",
        bare=True,
    ),
    Attack("a pair of sockets", "import socket\neach([socket.socketpair])\nrefused('socketpair', -1, -1, -1, 0)"),
    Attack(
        "a connection over TCP",
        "import socket\nsocket.create_connection(('127.0.0.1', PORT), timeout=0.5).close()\nprint('BREACH')",
        bare=True,
    ),
    Attack(
        "a datagram",
        """
import socket
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"x", ("127.0.0.1", PORT))
print("BREACH")
""",
        bare=True,
    ),
    Attack(
        "a server",
        "import socket\nsocket.create_server(('127.0.0.1', 0)).close()\nprint('BREACH')",
        bare=True,
    ),
    Attack(
        "an abstract Unix socket",
        "import socket\nsock = socket.socket(socket.AF_UNIX)\nsock.connect(ABSTRACT)\nprint('BREACH')",
    ),
    Attack(
        "a Unix socket with a path",
        """
import socket
sock = socket.socket(socket.AF_UNIX)
sock.connect(DIRECTORY + '/socket')
print('BREACH')
""",
    ),
    Attack(
        "the channel as a socket",
        """
import socket
sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=3)
each([
    lambda: socket.send_fds(sock, [b"x"], [1]),
    lambda: socket.recv_fds(sock, 1, 1),
    lambda: sock.shutdown(socket.SHUT_RDWR),
    lambda: sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30),
    lambda: sock.getpeername(),
])
sock.detach()
refused("sendmsg", -1, 0, 0)
refused("accept", -1, 0, 0)
refused("bind", -1, 0, 0)
refused("connect", -1, 0, 0)
""",
    ),
    Attack(
        "DNS",
        """
import socket
each([
    lambda: socket.getaddrinfo("localhost", 80),
    lambda: socket.getaddrinfo("decoy.invalid", 80),
    lambda: socket.gethostbyname("localhost"),
    lambda: socket.gethostbyaddr("127.0.0.1"),
    lambda: socket.if_nameindex(),
])
""",
    ),
    Attack(
        "HTTP",
        """
import http.client, urllib.request
each([
    lambda: urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=0.5),
    lambda: http.client.HTTPConnection("127.0.0.1", PORT, timeout=0.5).connect(),
])
""",
    ),
    Attack(
        "a file by URL",
        "import urllib.request\nurllib.request.urlopen('file://' + FILE)\nprint('BREACH')",
        bare=True,
    ),
    Attack(
        "asyncio",
        """
import asyncio
async def connect():
    await asyncio.open_connection("127.0.0.1", PORT)
asyncio.run(connect())
print("BREACH")
""",
        errors=("AttributeError",),  # of a loop that could not be made, at its end
        bare=True,
    ),
    Attack(
        "io_uring",
        """
refused("io_uring_setup", 1, ctypes.create_string_buffer(120))
refused("io_uring_setup", 0, 0)
refused("io_uring_enter", -1, 0, 0, 0, 0, 0)
refused("io_uring_register", -1, 0, 0, 0)
refused("io_setup", 0, 0)
""",
    ),
    Attack(
        "moving data between descriptors",
        "refused('splice', -1, 0, -1, 0, 0, 0)\nrefused('sendfile', -1, -1, 0, 0)",
    ),
)
