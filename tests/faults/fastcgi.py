"""
fastcgi.py PROGRAM LIBRARY TOKEN NUMBER ...: for each number starts a FastCGI
program in which that allocation fails, by LIBRARY, sends it four requests with
the token and prints a line: the number, each answer and the program's exit
status.  An answer is alice where she was served, the status where it was
another, and - where there was none.
"""
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "cli"))
from ask import BEGIN, PARAMS, STDIN, contents, pairs, record

REQUESTS = 4


def ask(path, request):
    answer = b""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(20)
        try:
            client.connect(path)
            client.sendall(request)
            while chunk := client.recv(65536):
                answer += chunk
        except (ConnectionError, TimeoutError):
            return "-"
    text = b"".join(contents(answer))
    status = re.search(rb"^Status: (\d+)", text, re.MULTILINE)
    if status is None:
        return "-"
    if status[1] == b"200" and b'"username":"alice"' in text:
        return "alice"
    return status[1].decode()


def main():
    program, library, token, *numbers = sys.argv[1:]
    request = record(BEGIN, struct.pack(">HB5x", 1, 0)) + record(
        PARAMS, b"".join(pairs([
            "REQUEST_METHOD=GET", "HTTP_AUTHORIZATION=Bearer " + token,
        ]))) + record(PARAMS, b"") + record(STDIN, b"")
    with tempfile.TemporaryDirectory() as directory:
        for number in numbers:
            path = os.path.join(directory, number)
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(path)
            listener.listen()
            child = subprocess.Popen([program], stdin=listener, env=dict(
                os.environ, LD_PRELOAD=library, FAIL_AT=number))
            listener.close()
            answers = [ask(path, request) for _ in range(REQUESTS)]
            child.terminate()
            print(number, *answers, child.wait(timeout=20))


main()
