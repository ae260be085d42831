"""Speaks FastCGI to a program, as a web server does."""
import socket
import struct
import subprocess

BEGIN, PARAMS, STDIN, STDOUT = 1, 4, 5, 6


def record(kind, content):
    return struct.pack(">BBHHBx", 1, kind, 1, len(content), 0) + content


def length(n):
    return bytes([n]) if n < 128 else struct.pack(">I", n | 0x80000000)


def pairs(variables):
    for name, value in variables.items():
        name, value = name.encode(), value.encode()
        yield length(len(name)) + length(len(value)) + name + value


def contents(stream, kind):
    """What the records of this kind hold."""
    while len(stream) >= 8:
        size, padding = struct.unpack(">HB", stream[4:7])
        if stream[1] == kind:
            yield stream[8:8 + size]
        stream = stream[8 + size + padding:]


class Program:
    """Runs, at most as long as we; listens at the socket `path`."""

    def __init__(self, command, path):
        self.path = path
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen()
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *command], stdin=listener)

    def connect(self, variables):
        """A connection that has sent all of a request but its body."""
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(60)
        connection.connect(self.path)
        connection.sendall(record(BEGIN, struct.pack(">HB5x", 1, 0)) +
                           record(PARAMS, b"".join(pairs(variables))) +
                           record(PARAMS, b""))
        return connection


def send_body(connection, body, is_last=True):
    connection.sendall((record(STDIN, body) if body else b"") +
                       (record(STDIN, b"") if is_last else b""))


def receive(connection):
    """The whole answer, without what was logged."""
    stream = b""
    with connection:
        while chunk := connection.recv(65536):
            stream += chunk
    return b"".join(contents(stream, STDOUT))
