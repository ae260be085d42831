#!/usr/bin/python3
"""Gives a group of the corpus to the worker, and looks at every answer.

    driver.py WORKER GROUP

Whatever the picture is, the worker ends by itself, with a status that says
what it was, and either with an answer that is whole and clean or with none and
a line that says why.  Fails where one does not, after all have run.
"""
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import corpus
import result


def run(worker, case):
    """What is wrong with the worker's answer, or None."""
    done = subprocess.run([worker, "--size", str(case.size)], env={},
                          input=case.data, capture_output=True, check=False)
    try:
        if case.status is None:
            assert done.returncode in (0, 3, 4), done.returncode
        else:
            assert done.returncode == case.status, \
                f"exit status {done.returncode}, not {case.status}"
        if done.returncode == 0:
            assert done.stderr == b"", "talk"
            assert corpus.SECRET not in done.stdout, "metadata"
            made = result.parse(done.stdout, case.size)
            if case.look is not None:
                case.look(*made)
        else:
            assert done.stdout == b"", "an answer all the same"
            assert done.stderr.startswith(b"darban-image: ") and \
                done.stderr.endswith(b"\n") and \
                done.stderr.count(b"\n") == 1, "not one line"
    except AssertionError as problem:
        return f"{case.name}: {problem} {done.stderr.decode(errors='replace')}"
    return None


def main(worker, group):
    count, problems = 0, []
    cases = getattr(corpus, group)()
    with ThreadPoolExecutor(2) as pool:
        # Not all at once: some of the pictures are large.
        while some := [case for _, case in zip(range(16), cases)]:
            count += len(some)
            problems += filter(None, pool.map(
                lambda case: run(worker, case), some))
    for problem in problems:
        print(problem)
    print(f"{group}: {count} pictures, {len(problems)} problems")
    return 1 if problems or count == 0 else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main(os.path.abspath(sys.argv[1]), sys.argv[2]))
