"""
serve.py PROGRAM LIBRARY TOKEN NUMBER ...: for each number starts a FastCGI
program in which that allocation fails, by LIBRARY, sends it four requests with
the token and prints a line: the number, each answer and the program's exit
status.  An answer is alice where she was served, the status where it was
another, and - where there was none.
"""
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
import fastcgi  # noqa: E402

REQUESTS = 4


def ask(program, variables):
    try:
        connection = program.connect(variables)
        fastcgi.send_body(connection, b"")
        text = fastcgi.receive(connection)
    except (ConnectionError, TimeoutError):
        return "-"
    status = re.search(rb"^Status: (\d+)", text, re.MULTILINE)
    if status is None:
        return "-"
    if status[1] == b"200" and b'"username":"alice"' in text:
        return "alice"
    return status[1].decode()


def main():
    command, library, token, *numbers = sys.argv[1:]
    variables = {"REQUEST_METHOD": "GET",
                 "HTTP_AUTHORIZATION": "Bearer " + token}
    os.environ["LD_PRELOAD"] = library
    with tempfile.TemporaryDirectory() as directory:
        for number in numbers:
            os.environ["FAIL_AT"] = number
            program = fastcgi.Program([command],
                                      os.path.join(directory, number))
            answers = [ask(program, variables) for _ in range(REQUESTS)]
            program.process.terminate()
            print(number, *answers, program.process.wait(timeout=20))


main()
