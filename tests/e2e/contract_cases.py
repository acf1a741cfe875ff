"""Requests of AWS Batch, right and wrong, generated from botocore's model."""
import copy
from dataclasses import dataclass

import botocore.parsers
import botocore.session

MODEL = botocore.session.get_session().get_service_model("batch")
OPERATIONS = sorted(MODEL.operation_names)
JSON_VALUES = ["text", 7, 1.5, True, [], {}]
# A text that is a number is taken as a number too: some clients send one.
NUMERALS = {("ResourceRequirement", "value")}


@dataclass
class Place:
    """A value within a request: `holder` [`key`] is it, `path` is AWS's name of it."""
    holder: object
    key: object
    shape: object
    path: str
    is_required: bool
    is_numeral: bool = False
    is_member: bool = False

    @property
    def value(self):
        return self.holder[self.key]


def body_members(shape):
    return {name: member for name, member in shape.members.items()
            if member.serialization.get("location") not in ("uri", "querystring")}


def text_of(shape, member):
    if shape.enum:
        return shape.enum[0]
    if member == "value":  # Of a resource requirement, among others.
        return "1"
    return "x" * max(1, shape.metadata.get("min", 1))


def whole_of(shape):
    return min(max(1, shape.metadata.get("min", 1)), shape.metadata.get("max", 1))


def maximal(shape, real, member=""):
    """Every member at every level, one element in each list and map. `real` names top members."""
    if shape.type_name == "structure":
        return {name: real.get(name, maximal(inner, {}, name))
                for name, inner in body_members(shape).items()}
    if shape.type_name == "list":
        return [maximal(shape.member, {}, member)]
    if shape.type_name == "map":
        return {"k": maximal(shape.value, {}, member)}
    if shape.type_name == "string":
        return text_of(shape, member)
    if shape.type_name == "boolean":
        return True
    return whole_of(shape)


def minimal(shape, real):
    """Only the required members, at every level."""
    if shape.type_name != "structure":
        return [minimal(shape.member, {})] if shape.type_name == "list" else maximal(shape, {})
    return {name: real.get(name, minimal(inner, {})) for name, inner in body_members(shape).items()
            if name in shape.required_members}


def places(shape, value, path="", seen=None):
    """The places below a value, outer ones first. A structure that is used again is the same again:
    its members are gone through where it comes first."""
    seen = set() if seen is None else seen
    if shape.type_name == "structure":
        if shape.name in seen:
            return
        seen.add(shape.name)
        for name, inner in body_members(shape).items():
            if name in value:
                here = f"{path}.{name}" if path else name
                yield Place(value, name, inner, here, name in shape.required_members,
                            (shape.name, name) in NUMERALS, True)
                yield from places(inner, value[name], here, seen)
    elif shape.type_name == "list":
        for index, inner in enumerate(value):
            here = f"{path}.{index + 1}.member"
            yield Place(value, index, shape.member, here, False)
            yield from places(shape.member, inner, here, seen)
    elif shape.type_name == "map":
        for key, inner in value.items():
            here = f"{path}.{key}"
            yield Place(value, key, shape.value, here, False)
            yield from places(shape.value, inner, here, seen)


def wrong_types(place):
    """Values of every JSON type that the place cannot hold, null aside."""
    takes = {"string": (str,), "boolean": (bool,), "integer": (int,), "long": (int,),
             "float": (int, float), "double": (int, float), "list": (list,), "map": (dict,),
             "structure": (dict,)}[place.shape.type_name]
    if place.is_numeral:
        takes += (int, float)
    is_flag = bool in takes
    return [value for value in JSON_VALUES
            if isinstance(value, bool) != is_flag or not isinstance(value, takes)]


def of_length(place, length):
    """A value of so many characters or elements; nothing where there cannot be one."""
    if length < 0:
        return None
    if place.shape.type_name == "string":
        return "x" * length
    if place.shape.type_name == "list":
        return [copy.deepcopy(place.value[0]) for _ in range(length)]
    (one,) = place.value.values()
    return {f"k{number}": copy.deepcopy(one) for number in range(length)}


def bounds(place):
    """(kept, broken): values at the model's ends, and just beyond."""
    shape, kind = place.shape, place.shape.type_name
    if kind == "string" and shape.enum:
        return list(shape.enum), [shape.enum[0] + "X"]
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if kind in ("integer", "long"):
        bits = 31 if kind == "integer" else 63
        # Beyond a long lies the next number that is a double.
        beyond = 1 if kind == "integer" else 2 ** 12
        broken = [-2 ** bits - beyond if least is None else least - 1,
                  2 ** bits + beyond if most is None else most + 1]
        return [end for end in (least, most) if end is not None], broken
    if kind not in ("string", "list", "map"):
        return [], []
    kept = [of_length(place, end) for end in (least, most) if end is not None]
    # An empty map is taken, whatever the model says: clients send one for "no tags".
    broken = [None if least is None or kind == "map" else of_length(place, least - 1),
              None if most is None else of_length(place, most + 1)]
    return kept, [value for value in broken if value is not None]


def structures(shape, value):
    """Every structure within a value."""
    if shape.type_name == "structure":
        yield value
        for name, inner in body_members(shape).items():
            if name in value:
                yield from structures(inner, value[name])
    elif shape.type_name == "list":
        for inner in value:
            yield from structures(shape.member, inner)
    elif shape.type_name == "map":
        for inner in value.values():
            yield from structures(shape.value, inner)


def parsed(operation, status, headers, body):
    """An answer as botocore would give it to its caller."""
    parser = botocore.parsers.create_parser(MODEL.metadata["protocol"])
    return parser.parse({"status_code": status, "headers": headers, "body": body},
                        MODEL.operation_model(operation).output_shape)
