"""
ask.py [--stall] PROGRAM [NAME=VALUE ...]: starts a FastCGI program as a web
server would, sends it one request whose body is standard input, and prints
what it answers.  Half of the body is sent, then SIGTERM, then the other half:
the answer must be whole all the same.  With --stall the other half does not
come, and SIGTERM only after the answer.  The exit status is the program's.
"""
import os
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.append(os.path.join(sys.path[0], "../lib"))
import fastcgi  # noqa: E402


def main():
    stall = sys.argv[1] == "--stall"
    command, *variables = sys.argv[2 if stall else 1:]
    variables = dict(variable.split("=", 1) for variable in variables)
    body = sys.stdin.buffer.read()
    half = len(body) // 2
    with tempfile.TemporaryDirectory() as directory:
        program = fastcgi.Program([command], directory + "/socket")
        connection = program.connect(variables)
        fastcgi.send_body(connection, body[:half], is_last=False)
        if not stall:
            # Long enough to be reading; were it not, the test proves less.
            time.sleep(0.3)
            program.process.terminate()
            time.sleep(0.1)
            fastcgi.send_body(connection, body[half:])
        sys.stdout.buffer.write(fastcgi.receive(connection))
        program.process.terminate()
        return program.process.wait(timeout=20)


sys.exit(main())
