"""
memory.py PID < NEEDLE: how often the bytes of standard input stand in the
memory of a process.
"""
import re
import sys

needle = sys.stdin.buffer.read()
count = 0
with open(f"/proc/{sys.argv[1]}/maps") as maps:
    areas = [line.split() for line in maps]
with open(f"/proc/{sys.argv[1]}/mem", "rb", 0) as memory:
    for area in areas:
        first, last = (int(end, 16) for end in area[0].split("-"))
        # The kernel's own cannot be read.
        if "r" not in area[1] or re.match(r"\[v", area[-1]):
            continue
        memory.seek(first)
        count += memory.read(last - first).count(needle)
print(count)
