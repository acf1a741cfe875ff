"""Every answer against AWS's own model, as botocore brings it: does each member exist there, and is it
of the model's type? Dray's additions are named here and nowhere else."""
import json

# Shape -> members that Dray adds (docs/api.md).
ADDED = {"JobDetail": {"dray"}, "AttemptDetail": {"dray"}, "RetryStrategy": {"memoryGrowth"}}
# Shape -> values of a choice that Dray adds.
ADDED_VALUES = {"ArrayJobDependency": {"AFTER_ANY", "AFTER_NOT_OK"}}
# Required by the model, absent in AWS's own answers until a job runs.
OFTEN_ABSENT = {("JobDetail", "startedAt")}


def complaints(shape, value, where="answer"):
    """Sentences on what does not fit `shape`; none when all does."""
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            return [f"{where} is no object"]
        found = [f"{where}.{name} is no member of {shape.name}"
                 for name in value.keys() - shape.members.keys() - ADDED.get(shape.name, set())]
        found += [f"{where}.{name} is missing" for name in shape.required_members
                  if name not in value and (shape.name, name) not in OFTEN_ABSENT]
        for name in value.keys() & shape.members.keys():
            found += complaints(shape.members[name], value[name], f"{where}.{name}")
        return found
    if kind == "list":
        if not isinstance(value, list):
            return [f"{where} is no list"]
        return [line for place, item in enumerate(value)
                for line in complaints(shape.member, item, f"{where}[{place}]")]
    if kind == "map":
        if not isinstance(value, dict):
            return [f"{where} is no map"]
        return [line for name, item in value.items()
                for line in complaints(shape.value, item, f"{where}.{name}")]
    return scalar_complaints(shape, value, where)


def scalar_complaints(shape, value, where):
    kind = shape.type_name
    if kind in ("integer", "long", "timestamp"):
        # bool is an int to Python; a float would break AWS's Go SDK.
        fits = isinstance(value, int) and not isinstance(value, bool)
    elif kind in ("float", "double"):
        fits = isinstance(value, (int, float)) and not isinstance(value, bool)
    elif kind == "boolean":
        fits = isinstance(value, bool)
    else:
        fits = isinstance(value, str)
        lowered = {"retry", "exit"}  # AWS gives actions back in lower case, against its own model.
        known = lowered | ADDED_VALUES.get(shape.name, set())
        if fits and getattr(shape, "enum", None) and value not in shape.enum and value not in known:
            return [f"{where} is {value!r}, which is none of {shape.enum}"]
    return [] if fits else [f"{where} is {value!r}, not of type {kind}"]


def watch(client, seen):
    """Checks every answer of a boto3 client and puts the complaints into `seen`."""
    def check(http_response, model, **_):
        if http_response.status_code == 200 and model.output_shape is not None:
            text = http_response.content
            seen.extend(complaints(model.output_shape, json.loads(text) if text else {}, model.name))
    client.meta.events.register("after-call", check)
    return client
