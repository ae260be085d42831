"""uploads.py SERVER URL PHOTO COUNT: see uploads."""
import http.client
import json
import multiprocessing
import os
import socket
import sys
import time
import urllib.parse

RATE = 200          # requests for `me` a second
UPLOADERS = 8
PACE = 2_500_000    # bytes a second of each, 20 Mbit/s
PIECE = 65536
API = "/api/v1/users/"


def login(host):
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("POST", API + "login",
                       "username=bench&password=right-password",
                       {"Content-Type": "application/x-www-form-urlencoded"})
    return json.load(connection.getresponse())["data"]["accessToken"]


def at_pace(picture):
    """What a client sends, as fast as its network takes it."""
    begin = time.monotonic()
    for at in range(0, len(picture), PIECE):
        wait = begin + at / PACE - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        yield picture[at:at + PIECE]


def stand_back():
    """The client is elsewhere in life."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def upload(host, token, photo, counts, which):
    """One after the other, until it is killed."""
    stand_back()
    with open(photo, "rb") as file:
        picture = file.read()
    while True:
        connection = http.client.HTTPConnection(host, timeout=60)
        connection.request("PUT", API + "avatar", at_pace(picture),
                           {"Content-Type": "image/jpeg",
                            "Content-Length": str(len(picture)),
                            "Authorization": "Bearer " + token})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        counts[2 * which + (answer.status != 200)] += 1


def trickle(host, token):
    """A body that comes byte by byte, and never to its end."""
    stand_back()
    name, port = host.split(":")
    stream = socket.create_connection((name, int(port)), timeout=60)
    stream.sendall((f"PUT {API}avatar HTTP/1.1\r\nHost: {host}\r\n"
                    f"Authorization: Bearer {token}\r\n"
                    "Content-Type: image/jpeg\r\n"
                    "Content-Length: 1000000\r\n\r\n").encode())
    while True:
        stream.sendall(b"x")
        time.sleep(0.05)


def measure(host, token, count):
    """The times of `me` in milliseconds, sorted."""
    headers = {"Authorization": "Bearer " + token}
    connection = http.client.HTTPConnection(host, timeout=30)
    times = []
    begin = time.monotonic()
    for i in range(count):
        wait = begin + i / RATE - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        start = time.perf_counter()
        connection.request("GET", API + "current-user", headers=headers)
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - start) * 1000)
        if answer.status != 200:
            sys.exit(f"me: {answer.status}")
    return sorted(times)


def main(server, url, photo, count):
    host = urllib.parse.urlsplit(url).netloc.replace("localhost", "127.0.0.1")
    token, count = login(host), int(count)
    measure(host, token, count // 10)
    alone = measure(host, token, count)

    # Without a lock: who is killed while he holds it gives it to nobody.
    counts = multiprocessing.Array("i", 2 * UPLOADERS, lock=False)
    others = [multiprocessing.Process(target=upload, daemon=True,
                                      args=(host, token, photo, counts, i))
              for i in range(UPLOADERS)]
    others.append(multiprocessing.Process(target=trickle, daemon=True,
                                          args=(host, token)))
    for other in others:
        other.start()
    time.sleep(1)
    before = sum(counts[0::2])
    begin = time.monotonic()
    beside = measure(host, token, count)
    seconds = time.monotonic() - begin
    for other in others:
        other.kill()
        other.join()

    done = sum(counts[0::2]) - before
    print(f"{server}: {done / seconds:.1f} uploads a second, "
          f"{sum(counts[1::2])} refused")
    for name, share in ("median", 0.5), ("p99", 0.99):
        a = alone[int(len(alone) * share)]
        b = beside[int(len(beside) * share)]
        print(f"  me, {name}: {a:.2f} ms alone, {b:.2f} ms beside uploads, "
              f"ratio {b / a:.2f}")


main(*sys.argv[1:])
