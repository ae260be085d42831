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

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
from fastcgi import BEGIN, PARAMS, STDIN, pairs, record  # noqa: E402

BUFFER, HEADER, SIZE = 8192, 8, 30000
KEEP_CONN = 1


def head(variables):
    return (record(BEGIN, struct.pack(">HB5x", 1, KEEP_CONN)) +
            record(PARAMS, b"".join(pairs(variables))) + record(PARAMS, b""))


def body(first, variables):
    content = b"username=nobody&password=wrong"
    second = (head(variables | {"CONTENT_LENGTH": str(len(content)),
                                "REMOTE_ADDR": "198.51.100.99"}) +
              record(STDIN, content) + record(STDIN, b""))
    space = BUFFER - HEADER - len(first)
    return (bytes(space) + second).ljust(SIZE, b"\0")


def main():
    variables = dict(variable.split("=", 1) for variable in sys.argv[2:])
    first = head(variables | {"CONTENT_LENGTH": str(SIZE),
                              "REMOTE_ADDR": "192.0.2.1"})
    with tempfile.TemporaryDirectory() as directory:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(os.path.join(directory, "socket"))
        listener.listen()
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(20)
        client.connect(os.path.join(directory, "socket"))
        # All of it is there before the program looks at any of it.
        client.sendall(first + record(STDIN, body(first, variables)) +
                       record(STDIN, b""))
        program = subprocess.Popen(sys.argv[1:2], stdin=listener)
        listener.close()
        # With what is logged, which comes the same way.
        while chunk := client.recv(65536):
            sys.stdout.buffer.write(chunk)
        client.close()
        program.terminate()
        return program.wait(timeout=20)


sys.exit(main())
