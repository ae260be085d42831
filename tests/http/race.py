"""
race.py WHAT NAME: requests that meet, $ROUNDS times.

The instance is at $URL, "$DARBAN" administers it, and every account begins
with the password "password 0".  WHAT is one of the functions in `races`; the
exit status is 1 where something was not as it must be.
"""
import base64
import collections
import http.client
import json
import os
import random
import subprocess
import sys
import urllib.parse

ROUNDS = int(os.environ["ROUNDS"])
REFRESHES = 50
PORT = urllib.parse.urlsplit(os.environ["URL"]).port
# So many connections at once: mod_fcgid sleeps for a second where no process
# is idle, and does not start many.
WIDTH = 4 if os.environ["SERVER"] == "apache" else 50

Answer = collections.namedtuple("Answer", "status code body cookies data")


def must(condition, what):
    if not condition:
        sys.exit(f"not so: {what}")


# Requests ------------------------------------------------------------------

def post(route, members, bearer=None):
    return "POST", route, json.dumps(members).encode(), bearer


def login(name, password):
    return post("login", {"username": name, "password": password})


def refresh(token):
    return post("refresh-token", {"refreshToken": token})


def me(token):
    return "GET", "current-user", None, token


def send(connection, method, route, body, bearer):
    headers = {"Connection": "close"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if bearer is not None:
        headers["Authorization"] = f"Bearer {bearer}"
    connection.request(method, urllib.parse.urljoin("/api/v1/users/", route),
                       body, headers)


def receive(connection):
    response = connection.getresponse()
    body = response.read()
    connection.close()
    cookies = [field.partition(";")[0]
               for field in response.headers.get_all("Set-Cookie", [])]
    envelope = json.loads(body)
    return Answer(response.status, envelope.get("code"), body, cookies,
                  envelope["data"])


def ask(*requests, width=WIDTH):
    """The answers to requests that are all sent before one is read."""
    answers = []
    for i in range(0, len(requests), width):
        some = requests[i:i + width]
        connections = [http.client.HTTPConnection("127.0.0.1", PORT, 60)
                       for _ in some]
        for connection in connections:
            connection.connect()
        for connection, request in zip(connections, some):
            send(connection, *request)
        answers += [receive(connection) for connection in connections]
    return answers


# What is so ----------------------------------------------------------------

def opened(answers):
    """The data of logins, of which those that failed were refused."""
    for answer in answers:
        must(answer.status == 200 or answer.code == "invalid_credentials",
             f"a login is good or refused: {answer}")
    return [answer.data for answer in answers if answer.status == 200]


def must_be_dead(sessions):
    requests = [me(data["accessToken"]) for data in sessions]
    requests += [refresh(data["refreshToken"]) for data in sessions]
    for answer in ask(*requests):
        must(answer.code == "session_ended",
             f"what was ended stays ended: {answer}")


def must_open(name, password):
    answer, = ask(login(name, password))
    must(answer.status == 200, f"{password} opens {name}: {answer}")
    return answer.data


def must_not_open(name, password):
    answer, = ask(login(name, password))
    must(answer.code == "invalid_credentials",
         f"{password} does not open {name}: {answer}")


# The command ---------------------------------------------------------------

def start(command, name):
    return subprocess.Popen([os.environ["DARBAN"], "user", command, name],
                            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)


def start_password(name, password):
    process = start("password", name)
    process.stdin.write(f"{password}\n".encode())
    process.stdin.close()
    return process


def finish(process):
    must(process.wait(60) == 0, "the command succeeds")


def logins_during(process, name, password):
    """What logins open while the command runs, and a little longer."""
    answers = []
    while process.poll() is None:
        answers += ask(*[login(name, password)] * 4)
    finish(process)
    return opened(answers)


# Races ---------------------------------------------------------------------

def burst(program):
    """Has mod_fcgid start processes, which it does where none is idle."""
    ask(*[("GET", f"/cgi-bin/{program}.fcgi", None, None)] * 24, width=24)


def payload(token):
    text = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def refreshes(name):
    token = must_open(name, "password 0")["refreshToken"]
    for i in range(ROUNDS):
        first, *others = ask(*[refresh(token)] * REFRESHES)
        must(first.status == 200, f"a refresh is good: {first}")
        for other in others:
            must(other.body == first.body, f"{other} is like {first}")
            must(other.cookies == first.cookies, f"{other} is like {first}")
        data = first.data
        must(first.cookies == [f"__Host-accessToken={data['accessToken']}",
                               f"__Host-refreshToken={data['refreshToken']}"],
             f"cookies and body are alike: {first}")
        token = data["refreshToken"]
        must(payload(token)["n"] == i + 2, "the counter moves by one")


def refresh_against_logout(name):
    order = random.Random(0)
    for i in range(ROUNDS):
        data = must_open(name, "password 0")
        token = data["refreshToken"]
        bye = (post("logout", {}, data["accessToken"]) if i % 2 == 0 else
               post("logout", {"refreshToken": token}))
        requests = [refresh(token)] * 3 + [bye]
        order.shuffle(requests)
        answers = ask(*requests)
        must(answers[requests.index(bye)].status == 200, "a logout is good")
        must_be_dead([data] + [answer.data for answer in answers
                               if answer.data and answer.status == 200])


def login_against_password(name):
    count = 0
    for i in range(ROUNDS):
        old, new = f"password {i}", f"password {i + 1}"
        sessions = logins_during(start_password(name, new), name, old)
        must_be_dead(sessions)
        must_not_open(name, old)
        must_open(name, new)
        count += len(sessions)
    must(count > 0, "some logins were good")


def rehash_against_password(name):
    count = 0
    for i in range(ROUNDS):
        one = f"{name}{i + 1}"
        process = start_password(one, "password 1")
        sessions = opened(ask(*[login(one, "password 0")] * 3))
        finish(process)
        must_be_dead(sessions)
        must_not_open(one, "password 0")
        must_open(one, "password 1")
        count += len(sessions)
    must(count > 0, "some logins were good")


def login_against_disable(name):
    count = 0
    for _ in range(ROUNDS):
        sessions = logins_during(start("disable", name), name, "password 0")
        must_be_dead(sessions)
        must_not_open(name, "password 0")
        finish(start("enable", name))
        must_be_dead(sessions)
        count += len(sessions)
    must(count > 0, "some logins were good")


races = {race.__name__: race for race in (
    refreshes, refresh_against_logout, login_against_password,
    rehash_against_password, login_against_disable, burst)}

if __name__ == "__main__":
    races[sys.argv[1]](*sys.argv[2:])
