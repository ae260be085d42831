"""
ask.py [--stall] PROGRAM [NAME=VALUE ...]: starts a FastCGI program as a web
server would, sends it one request whose body is standard input, and prints
what it answers.  Half of the body is sent, then SIGTERM, then the other half:
the answer must be whole all the same.  With --stall the other half does not
come, and SIGTERM only after the answer.  The exit status is the program's.
"""
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

BEGIN, PARAMS, STDIN = 1, 4, 5


def record(kind, content):
    return struct.pack(">BBHHBx", 1, kind, 1, len(content), 0) + content


def length(n):
    return bytes([n]) if n < 128 else struct.pack(">I", n | 0x80000000)


def pairs(variables):
    for variable in variables:
        name, _, value = variable.encode().partition(b"=")
        yield length(len(name)) + length(len(value)) + name + value


def contents(stream):
    """What the records of an answer hold, standard error included."""
    while len(stream) >= 8:
        size, padding = struct.unpack(">HB", stream[4:7])
        yield stream[8:8 + size]
        stream = stream[8 + size + padding:]


def main():
    stall = sys.argv[1] == "--stall"
    command = sys.argv[2 if stall else 1:]
    body = sys.stdin.buffer.read()
    half = len(body) // 2
    with tempfile.TemporaryDirectory() as directory:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(os.path.join(directory, "socket"))
        listener.listen()
        program = subprocess.Popen(command[:1], stdin=listener)
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(20)
        client.connect(os.path.join(directory, "socket"))
        listener.close()
        client.sendall(record(BEGIN, struct.pack(">HB5x", 1, 0)) +
                       record(PARAMS, b"".join(pairs(command[1:]))) +
                       record(PARAMS, b"") + record(STDIN, body[:half]))
        if not stall:
            # Long enough to be reading; were it not, the test proves less.
            time.sleep(0.3)
            program.send_signal(signal.SIGTERM)
            time.sleep(0.1)
            client.sendall(record(STDIN, body[half:]) + record(STDIN, b""))
        answer = b""
        while chunk := client.recv(65536):
            answer += chunk
        if stall:
            program.send_signal(signal.SIGTERM)
        sys.stdout.buffer.write(b"".join(contents(answer)))
        return program.wait(timeout=20)


if __name__ == "__main__":
    sys.exit(main())
