"""Holds htdocs/openapi.json against what there is.

    check.py document FILE          it is valid OpenAPI 3.1
    check.py routes FILE HTACCESS   a line for each route: its path, its
                                    program, the methods that are described
                                    for the program; and it has the rewrite
                                    rules' routes
    check.py answers FILE RECORDED  every answer is as it is described, and
                                    every description was answered

RECORDED has an exchange a line: an object with method, path, type, request,
status, headers, body.
"""
import itertools
import json
import re
import sys
from email.parser import HeaderParser

METHODS = ["get", "post", "put", "patch", "delete"]

# What no test here can provoke: the machine would have to be out of memory,
# of room, or of time.
UNPROVOKED = {"internal", "insufficient_storage", "busy"}

# Answers to what is no operation, and their place in the document.
NO_OPERATION = {405: "MethodNotAllowed", 501: "MethodUnknown"}

# An answer has these only where they are described.
OWN_HEADERS = ["Set-Cookie", "WWW-Authenticate", "Retry-After", "Allow"]


def check_document(document, path):
    from jsonschema import Draft202012Validator
    from openapi_spec_validator import OpenAPIV31SpecValidator
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}"
              for e in OpenAPIV31SpecValidator(document).iter_errors()]
    ids = [operation.get("operationId")
           for _, _, operation in operations(document)]
    if None in ids or len(set(ids)) < len(ids):
        errors.append("an operation has no name, or that of another")
    return errors


def operations(document):
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def check_routes(document, path, htaccess):
    described, methods = {}, {}
    prefix = document["servers"][0]["url"]
    for route, method, _ in operations(document):
        program = document["paths"][route]["x-program"]
        described[prefix + route] = program
        methods.setdefault(program, set()).add(method.upper())
    for route, program in described.items():
        print(route, program, ",".join(sorted(methods[program])))
    there = dict(rules(open(htaccess).read()))
    return [f"{route}: described as {described.get(route)}, "
            f"rewritten to {there.get(route)}"
            for route in described.keys() | there.keys()
            if described.get(route) != there.get(route)]


def rules(text):
    """The routes of the rewrite rules, alternatives one by one."""
    for pattern, program in re.findall(
            r"^RewriteRule \^(api/\S+)\$ cgi-bin/(\S+?)\.fcgi", text, re.M):
        pattern = pattern.replace("([^/]+)", "{id}")
        parts = [p.split("|") for p in re.split(r"[()]", pattern)]
        for choice in itertools.product(*parts):
            name = choice[1] if program == "$1" else program
            yield "/" + "".join(choice), name


class Answers:
    def __init__(self, document):
        from referencing import Registry, Resource
        from referencing.jsonschema import DRAFT202012
        self.document = document
        self.registry = Registry().with_resource(
            "urn:openapi", Resource(document, DRAFT202012))
        self.answered = set()

    def problems(self, pointer, value):
        """What is wrong with a value, by the schema at this place."""
        from jsonschema import Draft202012Validator
        schema = {"$ref": "urn:openapi#" + pointer}
        validator = Draft202012Validator(schema, registry=self.registry)
        return [f"{'/'.join(map(str, e.absolute_path))}: {e.message}"
                for e in validator.iter_errors(value)]

    def find(self, *names):
        """The value at this place and its pointer, references followed."""
        pointer = "".join("/" + n.replace("~", "~0").replace("/", "~1")
                          for n in names)
        value = self.document
        for name in names:
            value = value[name]
        if "$ref" in value:
            return self.at(value["$ref"])
        return value, pointer

    def operation(self, exchange):
        route = exchange["path"].partition("?")[0]
        for path, item in self.document["paths"].items():
            template = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))
            prefix = self.document["servers"][0]["url"]
            if re.fullmatch(prefix + template, route):
                method = exchange["method"].lower()
                return path, "get" if method == "head" else method
        return None, None

    def check_headers(self, response, exchange):
        got = HeaderParser().parsestr(exchange["headers"].partition("\n")[2])
        described = response.get("headers", {})
        for name in OWN_HEADERS:
            if name not in described:
                if name in got:
                    yield f"{name} is not described"
                continue
            header, place = self.at(described[name]["$ref"])
            if name not in got:
                if header.get("required"):
                    yield f"{name} is missing"
                continue
            value = got[name]
            if header["schema"].get("type") == "integer":
                value = int(value)
            yield from self.problems(place + "/schema", value)

    def at(self, reference):
        return self.find(*reference[2:].split("/"))

    def check(self, exchange):
        path, method = self.operation(exchange)
        status, body = exchange["status"], exchange["body"]
        item = self.document["paths"].get(path, {})
        if method in item:
            operation = item[method]
            if str(status) not in operation["responses"]:
                return [f"status {status} is not described"]
            response, pointer = self.find("paths", path, method, "responses",
                                          str(status))
        elif status in NO_OPERATION:
            operation = None
            response, pointer = self.find("components", "responses",
                                          NO_OPERATION[status])
        else:
            return [f"status {status} of what is no operation"]

        errors = list(self.check_headers(response, exchange))
        if exchange["method"] == "HEAD":
            return errors
        body = json.loads(body)
        errors += self.problems(pointer + "/content/application~1json/schema",
                                body)
        if operation is None:
            return errors
        self.answered.add((path, method, status, body.get("code")))
        if status < 300:
            errors += self.check_request(operation, exchange)
        return errors

    def check_request(self, operation, exchange):
        """What is taken must be described as well."""
        type_ = exchange["type"].partition(";")[0]
        if "requestBody" not in operation:
            return ["it has a body"] * (exchange["request"] != "")
        if exchange["request"] == "":
            return []
        body, pointer = self.at(operation["requestBody"]["$ref"])
        if type_ not in body["content"]:
            return [f"{type_} is not described"]
        if type_ != "application/json":
            return []
        return self.problems(pointer + "/content/application~1json/schema",
                             json.loads(exchange["request"]))

    def codes(self, path, method, status):
        """The codes that a response may have; None is a success."""
        response, _ = self.find("paths", path, method, "responses", status)
        parts = response["content"]["application/json"]["schema"]["allOf"]
        code = parts[1]["properties"].get("code", {"const": None})
        return code.get("enum", [code.get("const")])

    def unanswered(self):
        for path, method, operation in operations(self.document):
            for status in operation["responses"]:
                for code in self.codes(path, method, status):
                    place = (path, method, int(status), code)
                    if code not in UNPROVOKED and place not in self.answered:
                        yield f"{method} {path}: {status} {code} was never " \
                            "answered"


def check_answers(document, path, recorded):
    answers = Answers(document)
    errors = []
    for line in open(recorded):
        exchange = json.loads(line)
        errors += [f"{exchange['method']} {exchange['path']} "
                   f"{exchange['status']}: {problem}\n    {exchange['body']}"
                   for problem in answers.check(exchange)]
    return errors + list(answers.unanswered())


def main():
    what, path, *rest = sys.argv[1:]
    check = {"document": check_document, "routes": check_routes,
             "answers": check_answers}[what]
    errors = check(json.load(open(path)), path, *rest)
    print(*errors, sep="\n", file=sys.stderr)
    sys.exit(bool(errors))


main()
