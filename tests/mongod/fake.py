#!/usr/bin/env python3
"""
tests/mongod/fake.py SCRIPT LOG: a primary of a replica set that answers as it
is told, which no real server does when a test wants it.  Prints its port.

A line of SCRIPT, which is read anew for each command, is COMMAND ANSWER:

    ok          as if all were well: nothing found, one document written
    CODE        refuses with this code
    write CODE  takes the command and refuses the document (writeErrors)
    wait CODE   has written, but too few servers know (writeConcernError)
    cut         half of an answer, then the end of the connection
    silence     no answer

`*` is every command that is not named, but for hello and ping.  LOG gets a
line for each: the command in JSON.
"""
import json
import os
import socket
import struct
import sys
import threading
import time


def decode(data, at=0):
    """A document as a dict (an array, too), and where it ends."""
    end = at + struct.unpack_from("<i", data, at)[0]
    at += 4
    out = {}
    while data[at]:
        kind = data[at]
        stop = data.index(b"\0", at)
        name = data[at + 1:stop].decode()
        at = stop + 1
        if kind in (0x01, 0x09, 0x11, 0x12):
            out[name] = struct.unpack_from(
                "<d" if kind == 1 else "<q", data, at)[0]
            at += 8
        elif kind == 0x02:
            size = struct.unpack_from("<i", data, at)[0]
            out[name] = data[at + 4:at + 3 + size].decode()
            at += 4 + size
        elif kind in (0x03, 0x04):
            out[name], at = decode(data, at)
            if kind == 0x04:
                out[name] = list(out[name].values())
        elif kind == 0x05:
            size = struct.unpack_from("<i", data, at)[0]
            out[name] = "binary " + data[at + 5:at + 5 + size].hex()
            at += 5 + size
        elif kind == 0x07:
            out[name] = "ObjectId " + data[at:at + 12].hex()
            at += 12
        elif kind == 0x08:
            out[name] = bool(data[at])
            at += 1
        elif kind == 0x0a:
            out[name] = None
        elif kind == 0x10:
            out[name] = struct.unpack_from("<i", data, at)[0]
            at += 4
        else:
            raise ValueError("type %x" % kind)
    return out, end


def encode(doc):
    out = b""
    for name, value in doc.items():
        key = name.encode() + b"\0"
        if isinstance(value, bool):
            out += b"\x08" + key + bytes([value])
        elif isinstance(value, int):
            out += b"\x10" + key + struct.pack("<i", value)
        elif isinstance(value, float):
            out += b"\x01" + key + struct.pack("<d", value)
        elif isinstance(value, str):
            text = value.encode() + b"\0"
            out += b"\x02" + key + struct.pack("<i", len(text)) + text
        elif isinstance(value, list):
            out += b"\x04" + key + encode(
                {str(i): one for i, one in enumerate(value)})
        else:
            out += b"\x03" + key + encode(value)
    return struct.pack("<i", len(out) + 5) + out + b"\0"


def hello(port):
    me = "127.0.0.1:%d" % port
    return {"ok": 1.0, "helloOk": True, "isWritablePrimary": True,
            "ismaster": True, "setName": "fake", "hosts": [me], "me": me,
            "primary": me, "minWireVersion": 0, "maxWireVersion": 17,
            "maxBsonObjectSize": 16777216, "maxMessageSizeBytes": 48000000,
            "maxWriteBatchSize": 100000,
            "logicalSessionTimeoutMinutes": 30}


def good(name, doc):
    if name in ("find", "aggregate"):
        return {"ok": 1.0, "cursor": {
            "id": 0, "ns": "fake." + doc[name], "firstBatch": []}}
    if name == "findAndModify":
        return {"ok": 1.0, "lastErrorObject": {"n": 1}, "value": {}}
    return {"ok": 1.0, "n": 1, "nModified": 1}


def answer(script, name):
    words = {}
    with open(script, encoding="utf-8") as lines:
        for line in lines:
            command, _, what = line.strip().partition(" ")
            words[command] = what
    return words.get(name, words.get("*", "ok"))


def receive(conn, size):
    data = b""
    while len(data) < size:
        more = conn.recv(size - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data


def read_command(conn):
    """One message; the second kind of section has a command's documents."""
    size, number, _, kind = struct.unpack("<iiii", receive(conn, 16))
    body = receive(conn, size - 16)
    if kind == 2004:            # OP_QUERY, which only says hello
        at = body.index(b"\0", 4) + 9
        return kind, number, decode(body, at)[0]
    at, doc = 4, {}
    while at < len(body):
        if body[at] == 0:
            found, at = decode(body, at + 1)
            doc.update(found)
            continue
        end = at + 1 + struct.unpack_from("<i", body, at + 1)[0]
        stop = body.index(b"\0", at + 5)
        name, at = body[at + 5:stop].decode(), stop + 1
        doc[name] = []
        while at < end:
            one, at = decode(body, at)
            doc[name].append(one)
    return kind, number, doc


def send(conn, kind, number, doc, cut=False):
    body = encode(doc)
    if kind == 2004:
        body = struct.pack("<iqii", 8, 0, 0, 1) + body
    else:
        body = struct.pack("<iB", 0, 0) + body
    data = struct.pack("<iiii", len(body) + 16, 1, number,
                       1 if kind == 2004 else 2013) + body
    conn.sendall(data[:len(data) // 2] if cut else data)


def serve(conn, port, script, log):
    try:
        while True:
            kind, number, doc = read_command(conn)
            name = next(iter(doc))
            if name.lower() in ("hello", "ismaster", "ping", "endsessions"):
                send(conn, kind, number, hello(port))
                continue
            os.write(log, (json.dumps(doc) + "\n").encode())
            what = answer(script, name)
            first, _, code = what.partition(" ")
            if what == "silence":
                time.sleep(60)
                return
            reply = good(name, doc)
            if first == "write":
                reply = {"ok": 1.0, "n": 0, "writeErrors": [{
                    "index": 0, "code": int(code), "errmsg": "as told"}]}
            elif first == "wait":
                reply["writeConcernError"] = {
                    "code": int(code), "errmsg": "as told"}
            elif first.isdigit():
                reply = {"ok": 0.0, "code": int(first), "errmsg": "as told"}
            send(conn, kind, number, reply, what == "cut")
            if what == "cut":
                return
    except (ConnectionError, OSError):
        pass
    finally:
        conn.close()


def main():
    script, path = sys.argv[1:]
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    print(port, flush=True)
    while True:
        conn, _ = listener.accept()
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=(conn, port, script, log),
                         daemon=True).start()


main()
